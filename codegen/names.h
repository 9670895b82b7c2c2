// All naming of generated code, so that a reader can predict a name.
#ifndef OVENBIRD_CODEGEN_NAMES_H_
#define OVENBIRD_CODEGEN_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::codegen {

// Returns the name in lower camel case: "mount_path", "MOUNT_PATH" ->
// "mountPath". Digits stay where they are.
std::string LowerCamel(absl::string_view name);
// Returns the name in upper camel case: "mount_path", "MOUNT_PATH" ->
// "MountPath".
std::string UpperCamel(absl::string_view name);
// Returns the name in snake case: "SnapshotMode", "HTTPHeader" ->
// "snapshot_mode", "http_header".
std::string Snake(absl::string_view name);
// Returns the name in upper snake case: "SnapshotMode" -> "SNAPSHOT_MODE".
std::string UpperSnake(absl::string_view name);
// Returns the name in kebab case, for file names and anchors: "SnapshotMode" ->
// "snapshot-mode".
std::string Kebab(absl::string_view name);

// Returns whether `name` is a keyword of C++20 or a common macro of the
// platform ("errno", "linux").
bool IsKeyword(absl::string_view name);
// Returns `name`; if it is a keyword or one of `taken`, with "_" appended; if
// that is taken as well, with "_2", "_3" ...
std::string SafeName(absl::string_view name,
                     const std::vector<std::string>& taken = {});

// Returns the names that generated code uses in addition to the schema's own
// types: no type may have them.
const std::vector<std::string>& ReservedTypes();
// Returns the names that the types of members begin with: no member may have
// them.
const std::vector<std::string>& ReservedMembers();

// Returns the enum value without the prefix that proto needs because enum
// values share a scope: SNAPSHOT_MODE_TIME of SnapshotMode -> "TIME". A value
// without the prefix is returned as it is.
std::string WithoutEnumPrefix(absl::string_view value,
                              absl::string_view enum_name);
// Returns the C++ constant of an enum value: "TIME" -> "kTime".
std::string ConstantName(absl::string_view value);

// Returns the include guard of a header: "runtime/config/config.h" ->
// "RUNTIME_CONFIG_CONFIG_H_".
std::string IncludeGuard(absl::string_view include);

// Returns a C++ string literal, with its quotes, of any bytes; a string of
// several lines becomes several literals, one a line.
std::string CppString(absl::string_view text);

// Returns the lines of `text` as a C++ comment, each after "// ", broken to fit
// 80 columns with `indent` spaces before them. Lines that begin with two spaces
// (code) are not broken.
std::string CppComment(absl::string_view text, int indent);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_NAMES_H_
