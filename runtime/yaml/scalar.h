// The meaning of a plain scalar: YAML 1.1 as go-yaml v2 reads it, which
// DevSpace 4.11 uses: `yes` and `on` are booleans, 0777 is octal, 1_000 a
// number. Unlike there, a date is a string, so that a tag 2020-01-01 stays as
// it is written.
#ifndef OVENBIRD_RUNTIME_YAML_SCALAR_H_
#define OVENBIRD_RUNTIME_YAML_SCALAR_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

// The type of a scalar.
enum class ScalarType : uint8_t { kNull, kBool, kInt, kFloat, kString };

// A scalar with its type. The number of a kInt is `magnitude`, negated if
// `negative`.
struct ScalarValue {
  ScalarType type = ScalarType::kString;
  bool boolean = false;    // kBool
  bool negative = false;   // kInt
  uint64_t magnitude = 0;  // kInt
  double real = 0;         // kFloat; of a kInt the nearest one

  // Returns the number of a kInt; nullopt if it does not fit, and for other
  // types.
  std::optional<int64_t> integer() const;
};

// Returns the value of a plain scalar with this text; quoted and block scalars
// are always kString.
ScalarValue ResolveScalar(absl::string_view text, Style style);
// Returns the value of a scalar; kNull for a null node. Call it for these two
// kinds only.
ScalarValue ResolveScalar(const Node& node);

// Returns the string that an option of type string gets: as written for
// strings, as Go prints it for the others (1.50 -> 1.5, 0777 -> 511, yes ->
// true, 1e6 -> 1e+06); empty for null.
std::string ScalarText(absl::string_view text, Style style);
std::string ScalarText(const Node& node);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_SCALAR_H_
