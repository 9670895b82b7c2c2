// Where a shell command writes, as far as its words tell.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WRITES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WRITES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::dockerfile {

struct Write {
  enum Reach {
    kItself,    // makes or changes this file or folder: mkdir, chmod
    kInto,      // this file, or files in this folder: cp
    kAllBelow,  // this and whatever lies below: chown -R
  };
  std::string path;  // as in ResolvePath
  Reach reach = kItself;
  // Owner, mode, capabilities or ACL; the content and its time stay.
  bool attributes = false;
  // Makes missing folders above the path, too: mkdir -p.
  bool parents = false;
};

// Of well-known commands and of redirections. Deletions are none.
std::vector<Write> WritesOf(const ShellCommand& command);

// What `rm` and `mv` take away.
std::vector<std::string> DeletionsOf(const ShellCommand& command);

// Whether the command is known to write nothing but what WritesOf and
// DeletionsOf return.
bool IsUnderstood(const ShellCommand& command);

// Is something written below `folder` (absolute)? The folder itself is not
// below it.
bool IsBelow(const Write& write, absl::string_view folder);

// Whether `path` lies below `folder`; both are clean. No path lies below
// itself.
bool LiesBelow(absl::string_view path, absl::string_view folder);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WRITES_H_
