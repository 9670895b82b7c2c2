// Functions on generated structs, by their tables: writing, comparing, looking
// up.
#ifndef OVENBIRD_RUNTIME_CONFIG_REFLECT_H_
#define OVENBIRD_RUNTIME_CONFIG_REFLECT_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/writer.h"
#include "runtime/config/field_info.h"

namespace ovenbird::config {

// Writes the fields that are set, in the order of the table: absent optionals,
// empty lists and empty maps are left out (unless the field keeps them).
void WriteSet(const MessageInfo& info, const void* message, Writer& writer);
// Writes like WriteSet, but leaves out fields that have their default, except
// required ones.
void WriteChanged(const MessageInfo& info, const void* message, Writer& writer);
// Writes like WriteChanged, but leaves out the message's own fields of these
// names.
void WriteChangedWithout(const MessageInfo& info, const void* message,
                         absl::Span<const absl::string_view> names,
                         Writer& writer);

// Returns what `write` writes as one YAML document, with a line end.
std::string ToYaml(absl::FunctionRef<void(Writer&)> write);
// Returns what `write` writes as one compact JSON value.
std::string ToJson(absl::FunctionRef<void(Writer&)> write);

// Writes a YAML value that was kept undecoded; plain scalars get their types.
// Null writes null.
void WriteNode(const yaml::Node* node, Writer& writer);

// Returns whether two messages are equal in all fields (`source` is not
// compared). Undecoded YAML values are equal if they are written alike.
bool Equal(const MessageInfo& info, const void* a, const void* b);
// Returns whether one field of the messages `a` and `b` is equal.
bool EqualField(const FieldInfo& field, const void* a, const void* b);

// Returns the text of an enum's value in the document; empty for a number that
// is not one of its values.
absl::string_view EnumText(const EnumInfo& info, int number);

// Copies a boolean, a number or an enum between values of that kind; copies
// nothing for other kinds.
void CopyScalar(Kind kind, const void* from, void* to);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_REFLECT_H_
