// The folders that a command lists, as far as its words show.
#ifndef OVENBIRD_RUNTIME_REWRITE_LISTED_FOLDERS_H_
#define OVENBIRD_RUNTIME_REWRITE_LISTED_FOLDERS_H_

#include <string>
#include <vector>

#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::rewrite {

// Returns the folders (absolute and clean) whose files change what the command
// does: `find /opt`, `cp -r /etc /x`, `cat /etc/*.conf`. Ignores `rm`.
std::vector<std::string> ListedFolders(const dockerfile::ShellCommand& command);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_LISTED_FOLDERS_H_
