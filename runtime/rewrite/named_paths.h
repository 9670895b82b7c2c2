// The paths that the commands of RUN lines name.
#ifndef OVENBIRD_RUNTIME_REWRITE_NAMED_PATHS_H_
#define OVENBIRD_RUNTIME_REWRITE_NAMED_PATHS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the paths that the command is called with, and may have written.
std::vector<std::string> PathsOf(const dockerfile::ShellCommand& command);

// Returns whether one of the paths is that path or a folder above it; "/" does
// not count.
bool AreAbove(const std::vector<std::string>& paths, const std::string& path);

// Returns whether the command has the option, by its long name or its letter.
bool HasOption(const dockerfile::ShellCommand& command, absl::string_view name,
               char letter);

// Returns whether it is an `ln` or `cp` that makes hard links.
bool MakesHardLinks(const dockerfile::ShellCommand& command);

// Returns whether a RUN or COPY before may have written the file.
bool IsWrittenBefore(const Site& site, const std::string& path);

// Returns the paths that the commands of RUN lines before name that make hard
// links.
std::vector<std::string> LinkedBefore(const Site& site);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_NAMED_PATHS_H_
