// The paths that a shell command writes, as far as its words show them.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WRITES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WRITES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::dockerfile {

// A write of a command.
struct Write {
  // The files that are written, relative to `path`.
  enum Reach {
    kItself,    // makes or changes this file or folder: mkdir, chmod
    kInto,      // this file, or files in this folder: cp
    kAllBelow,  // this and everything below: chown -R
  };
  std::string path;  // as in ResolvePath
  Reach reach = kItself;
  // Owner, mode, capabilities or ACL; the content and its time stay.
  bool attributes = false;
  // Creates missing folders above the path, too: mkdir -p.
  bool parents = false;
};

// Returns the writes of well-known commands and of redirections; deletions are
// not among them.
std::vector<Write> WritesOf(const ShellCommand& command);

// Returns the paths that `rm` and `mv` remove, as in ResolvePath.
std::vector<std::string> DeletionsOf(const ShellCommand& command);

// Returns whether the command is known to write nothing but what WritesOf and
// DeletionsOf return.
bool IsUnderstood(const ShellCommand& command);

// Returns whether something below `folder` (absolute) is written. The folder
// itself is not below it.
bool IsBelow(const Write& write, absl::string_view folder);

// Returns whether `path` lies below `folder`; both must be clean. No path lies
// below itself.
bool LiesBelow(absl::string_view path, absl::string_view folder);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WRITES_H_
