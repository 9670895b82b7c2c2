// The files that a RUN is seen to make.
#ifndef OVENBIRD_RUNTIME_REWRITE_MADE_FILES_H_
#define OVENBIRD_RUNTIME_REWRITE_MADE_FILES_H_

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::rewrite {

// Files by their absolute, clean paths.
using MadeFiles = std::map<std::string, ImageFile, std::less<>>;

// Returns the folders and symlinks that `mkdir` and `ln -s` make in a RUN's
// script, which starts in `folder` (nullopt: unknown), where nothing is at
// their paths. Empty if the script is more than a list of commands that all
// succeed.
MadeFiles FindMadeFiles(absl::string_view script,
                        const std::optional<std::string>& folder);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MADE_FILES_H_
