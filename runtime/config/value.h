// Private to the library: decoding of one value, and the words of its problems.
#ifndef OVENBIRD_RUNTIME_CONFIG_VALUE_H_
#define OVENBIRD_RUNTIME_CONFIG_VALUE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/config/decode.h"
#include "runtime/config/field_info.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config::decode {

// Decodes a scalar into `out`, a value of the field's type. False when it was
// reported; `out` is then unchanged.
bool DecodeScalar(const FieldInfo& field, const yaml::Node& node,
                  Context& context, void* out);

inline constexpr char kSectionWords[] = "a section with keys";

// What the field takes: "true or false", "a list".
std::string Expected(const FieldInfo& field, bool item);
// What stands there: "a list", "the text `maybe`".
std::string Found(const yaml::Node& node);

// Reports that the value (or item) is of another kind than the field takes.
void ReportWrongType(const FieldInfo& field, bool item, const yaml::Node& node,
                     Context& context);
// Reports that there is nothing behind a key that needs a value.
void ReportNull(const FieldInfo& field, bool item, const yaml::Node& node,
                Context& context);

// "`a`, `b` and `c`".
std::string Enumerate(absl::Span<const absl::string_view> names);

}  // namespace ovenbird::config::decode

#endif  // OVENBIRD_RUNTIME_CONFIG_VALUE_H_
