// Typed scalars as go-yaml v2 reads them (YAML 1.1).
#ifndef OVENBIRD_RUNTIME_CONFIG_SCALAR_VALUES_H_
#define OVENBIRD_RUNTIME_CONFIG_SCALAR_VALUES_H_

#include <cstdint>
#include <string>

#include "runtime/yaml/node.h"

namespace ovenbird::config {

// Reads a value of that type into `out`. Returns false, and leaves `out`
// unchanged, for any other value; an integer is also a double.
bool ReadBool(const yaml::Node& node, bool* out);
bool ReadInt(const yaml::Node& node, int64_t* out);
bool ReadDouble(const yaml::Node& node, double* out);
// Returns the scalar as a string: that of a boolean or a number in its normal
// form (`1.50` becomes "1.5").
std::string ReadString(const yaml::Node& node);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_SCALAR_VALUES_H_
