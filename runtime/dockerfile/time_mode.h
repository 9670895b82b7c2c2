// What a build with snapshotMode `time` loses. Kaniko then records a path after
// a RUN when it is new or its modification time has changed, with the folders
// above it; chown and chmod change neither.
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
  struct Loss {
    size_t command = 0;  // index of the command whose change is lost
    bool certain = false;
  };

  // A COPY or an ADD has put files at `path`, or below it.
  void AddFiles(absl::string_view path, bool owned_by_root);
  // A WORKDIR has made this folder.
  void AddFolder(absl::string_view path);
  // Returns what the RUN with these commands changes and the image does not
  // get. Remembers what it writes.
  std::vector<Loss> AddRun(const std::vector<ShellCommand>& commands);

 private:
  // What is at a path before the RUN.
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
