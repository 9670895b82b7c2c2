// Whether a folder is there before an instruction, which then keeps its owner
// and mode.
#ifndef OVENBIRD_RUNTIME_REWRITE_TARGET_FOLDER_H_
#define OVENBIRD_RUNTIME_REWRITE_TARGET_FOLDER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns true for folders that nearly all images have.
bool IsUsualFolder(absl::string_view path);

// Returns whether the path, absolute and clean, is there; nullopt: not known.
// May read the base image.
std::optional<bool> IsThere(const Site& site, const std::string& path);

// Returns the path's last folder that is there, followed by "/"; nullopt: not
// known.
std::optional<std::string> LastThere(const Site& site, const std::string& path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_TARGET_FOLDER_H_
