// The commands in a RUN's text, as far as they can be read without running
// them: enough to see that it calls chown, and for which files.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COMMANDS_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COMMANDS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// The folder of a command whose folder is unknown.
inline constexpr absl::string_view kUnknownFolder = "$PWD";

// One command of a script.
struct ShellCommand {
  std::string name;  // without folders
  size_t begin = 0;  // of the name in the text
  size_t end = 0;
  // Quotes are resolved, and variables that the same text sets.
  std::vector<std::string> arguments;
  std::vector<std::string> outputs;  // files that `>` writes
  std::string folder;                // its working directory, as in ResolvePath
  // Paths that `find` or `xargs` appends; "" for an unknown path.
  std::vector<std::string> found;
};

// The state in which a shell starts.
struct ShellStart {
  std::string folder = std::string(kUnknownFolder);
  // Returns the value of an environment variable; nullopt if it is unknown.
  // Without this function all are.
  std::function<std::optional<std::string>(const std::string& name)> variable;
};

// Returns the commands in order, including those that `sudo`, `xargs`,
// `find -exec`, `sh -c`, `eval` and the like start. Follows `cd`. Skips the
// commands in `$(...)`.
std::vector<ShellCommand> FindShellCommands(absl::string_view text,
                                            const ShellStart& start = {});

// Returns the same for a command that is already split into words, and is run
// without a shell. The offsets are 0.
std::vector<ShellCommand> FindShellCommands(
    const std::vector<std::string>& words, const ShellStart& start = {});

// Returns `path` as seen from `folder`: clean, and absolute or starting with a
// variable whose value is unknown (`$HOME/x`).
std::string ResolvePath(absl::string_view path, absl::string_view folder);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COMMANDS_H_
