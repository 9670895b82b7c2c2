// Work on generated structs by their tables: writing, comparing, looking up.
#ifndef OVENBIRD_RUNTIME_CONFIG_REFLECT_H_
#define OVENBIRD_RUNTIME_CONFIG_REFLECT_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "runtime/base/writer.h"
#include "runtime/config/field_info.h"

namespace ovenbird::config {

// Writes what is set: absent optionals, empty lists and empty maps are left out
// (unless the field keeps them). In the order of the table.
void WriteSet(const MessageInfo& info, const void* message, Writer& writer);
// The same, and leaves out what is at its default; required fields are written.
void WriteChanged(const MessageInfo& info, const void* message, Writer& writer);

std::string ToYaml(absl::FunctionRef<void(Writer&)> write);
std::string ToJson(absl::FunctionRef<void(Writer&)> write);

// An unread YAML value, its plain scalars typed.
void WriteNode(const yaml::Node* node, Writer& writer);

// Member by member, `source` aside. YAML values that are kept unread are
// compared as they are written.
bool Equal(const MessageInfo& info, const void* a, const void* b);
bool EqualField(const FieldInfo& field, const void* a, const void* b);

// Text of an enum's value; empty for a number that is none.
absl::string_view EnumText(const EnumInfo& info, int number);

// Copies a bool, a number or an enum.
void CopyScalar(Kind kind, const void* from, void* to);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_REFLECT_H_
