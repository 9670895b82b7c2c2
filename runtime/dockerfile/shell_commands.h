// The commands in a RUN's text, roughly: enough to see that it calls chown.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COMMANDS_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

struct ShellCommand {
  std::string name;  // without folders
  size_t begin = 0;  // of the name in the text
  size_t end = 0;
  std::vector<std::string> arguments;
};

// In order. Behind `sudo`, `xargs`, `find -exec` and the like the command that
// these start is given; what stands in quotes is not looked into.
std::vector<ShellCommand> FindShellCommands(absl::string_view text);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COMMANDS_H_
