// Private to the library: decodes one value, and words its problems.
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

// Decodes a scalar into `out`, a value of the field's type. Returns false after
// reporting a wrong value; `out` is then unchanged.
bool DecodeScalar(const FieldInfo& field, const yaml::Node& node,
                  Context& context, void* out);

inline constexpr char kSectionWords[] = "a mapping";

// Returns the type of the field (or of its items) in words: "a list".
std::string Expected(const FieldInfo& field, bool item);
// Returns the kind of the value in words, a scalar with its text: "a list".
std::string Found(const yaml::Node& node);

// Reports that the value (or item) has another type than the field.
void ReportWrongType(const FieldInfo& field, bool item, const yaml::Node& node,
                     Context& context);
// Reports a key (or item) that needs a value and has none.
void ReportNull(const FieldInfo& field, bool item, const yaml::Node& node,
                Context& context);

// Returns the names as a list: "`a`, `b` and `c`".
std::string Enumerate(absl::Span<const absl::string_view> names);

}  // namespace ovenbird::config::decode

#endif  // OVENBIRD_RUNTIME_CONFIG_VALUE_H_
