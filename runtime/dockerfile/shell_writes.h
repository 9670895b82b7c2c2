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
  std::string path;  // absolute, clean
  Reach reach = kItself;
};

// Of well-known commands and of redirections. Deletions are none; paths that
// are relative or have a variable in them are left out.
std::vector<Write> WritesOf(const ShellCommand& command);

// Is something written below `folder` (absolute)? The folder itself is not
// below it.
bool IsBelow(const Write& write, absl::string_view folder);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WRITES_H_
