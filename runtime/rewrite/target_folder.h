// Whether a folder exists before an instruction, which then keeps its owner and
// mode.
#ifndef OVENBIRD_RUNTIME_REWRITE_TARGET_FOLDER_H_
#define OVENBIRD_RUNTIME_REWRITE_TARGET_FOLDER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether nearly all images have the folder.
bool IsUsualFolder(absl::string_view path);

// Returns whether the path (absolute and clean) exists; nullopt: unknown. May
// read the base image.
std::optional<bool> IsThere(const Site& site, const std::string& path);

// Returns the deepest folder of the path that exists, followed by "/"; nullopt:
// unknown.
std::optional<std::string> LastThere(const Site& site, const std::string& path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_TARGET_FOLDER_H_
