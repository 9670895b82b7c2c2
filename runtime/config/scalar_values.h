// Typed scalars as go-yaml v2 reads them (YAML 1.1). `out` is left alone when
// the value is of another type.
#ifndef OVENBIRD_RUNTIME_CONFIG_SCALAR_VALUES_H_
#define OVENBIRD_RUNTIME_CONFIG_SCALAR_VALUES_H_

#include <cstdint>
#include <string>

#include "runtime/yaml/node.h"

namespace ovenbird::config {

bool ReadBool(const yaml::Node& node, bool* out);
bool ReadInt(const yaml::Node& node, int64_t* out);
bool ReadDouble(const yaml::Node& node, double* out);
std::string ReadString(const yaml::Node& node);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_SCALAR_VALUES_H_
