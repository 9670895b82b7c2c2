// What a plain scalar means. YAML 1.1 as go-yaml v2 reads it, which is what
// DevSpace 4.11 does: `yes` and `on` are booleans, 0777 is octal, 1_000 a
// number. Unlike there, what looks like a date is a text, so that a tag
// 2020-01-01 stays as it is written.
#ifndef OVENBIRD_RUNTIME_YAML_SCALAR_H_
#define OVENBIRD_RUNTIME_YAML_SCALAR_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

enum class ScalarType : uint8_t { kNull, kBool, kInt, kFloat, kString };

struct ScalarValue {
  ScalarType type = ScalarType::kString;
  bool boolean = false;    // kBool
  bool negative = false;   // kInt
  uint64_t magnitude = 0;  // kInt
  double real = 0;         // kFloat; kInt as nearest

  // The number of a kInt, when it fits.
  std::optional<int64_t> integer() const;
};

// Quoted and block scalars are always kString.
ScalarValue ResolveScalar(absl::string_view text, Style style);
// Also kNull for a null node; only for null and scalar nodes.
ScalarValue ResolveScalar(const Node& node);

// The text that an option of type string gets: as written for strings, Go's
// way of printing for the others (1.50 -> 1.5, 0777 -> 511, yes -> true, 1e6
// -> 1e+06); empty for null.
std::string ScalarText(absl::string_view text, Style style);
std::string ScalarText(const Node& node);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_SCALAR_H_
