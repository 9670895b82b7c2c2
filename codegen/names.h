// All naming of generated code, so that others can predict a name.
#ifndef OVENBIRD_CODEGEN_NAMES_H_
#define OVENBIRD_CODEGEN_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::codegen {

// "mount_path", "MOUNT_PATH" -> "mountPath"; digits stay where they are.
std::string LowerCamel(absl::string_view name);
// "mount_path", "MOUNT_PATH" -> "MountPath".
std::string UpperCamel(absl::string_view name);
// "SnapshotMode", "HTTPHeader" -> "snapshot_mode", "http_header".
std::string Snake(absl::string_view name);
std::string UpperSnake(absl::string_view name);
// "SnapshotMode" -> "snapshot-mode": file names and anchors.
std::string Kebab(absl::string_view name);

bool IsKeyword(absl::string_view name);  // of C++20, and common macros
// `name`; when it is a keyword or one of `taken`, with "_" behind it; when that
// is taken too, with "_2", "_3" ...
std::string SafeName(absl::string_view name,
                     const std::vector<std::string>& taken = {});

// What generated code calls by these names beside the schema's own types.
const std::vector<std::string>& ReservedTypes();
// Namespaces that the members' types begin with.
const std::vector<std::string>& ReservedMembers();

// Enum value: SNAPSHOT_MODE_TIME of enum SnapshotMode -> "TIME" (the prefix is
// only there because proto enum values share a scope).
std::string WithoutEnumPrefix(absl::string_view value,
                              absl::string_view enum_name);
// "TIME" -> "kTime".
std::string ConstantName(absl::string_view value);

// "runtime/config/config.h" -> "RUNTIME_CONFIG_CONFIG_H_".
std::string IncludeGuard(absl::string_view include);

// A C++ string literal (with quotes) of any bytes; texts of several lines
// become several literals, one a line.
std::string CppString(absl::string_view text);

// "// " before each line, broken at 80 columns where `indent` blanks stand
// before it.
std::string CppComment(absl::string_view text, int indent);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_NAMES_H_
