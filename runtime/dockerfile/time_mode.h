// The changes that a build with snapshotMode `time` loses. After a RUN kaniko
// then records a path that is new or has another modification time, with the
// folders above it; chown and chmod change neither.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_TIME_MODE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_TIME_MODE_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::dockerfile {

// Follows one stage, instruction by instruction.
class TimeMode {
 public:
  // A change that is not in the image.
  struct Loss {
    size_t command = 0;  // index of the command whose change is lost
    bool certain = false;
  };

  // Notes that a COPY or an ADD has put files at `path`, or below it.
  void AddFiles(absl::string_view path, bool owned_by_root);
  // Notes that a WORKDIR has created this folder, unless files are known there.
  void AddFolder(absl::string_view path);
  // Returns the changes of a RUN with these commands that the image does not
  // get, and notes what it writes.
  std::vector<Loss> AddRun(const std::vector<ShellCommand>& commands);

 private:
  // The content of a path before the RUN.
  struct Present {
    bool empty_folder = false;
    bool owned_by_root = false;
    bool copied = false;  // from the context or another stage
  };

  std::map<std::string, Present> present_;

  friend class RunJudge;
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_TIME_MODE_H_
