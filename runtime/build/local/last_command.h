// A command for the case that this process is killed: what it has started on a
// daemon would run on.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_LAST_COMMAND_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_LAST_COMMAND_H_

#include <string>
#include <thread>
#include <vector>

#include "runtime/base/cancellation.h"

namespace ovenbird::build {

// While this object lives, `argv` runs as soon as this process ends without
// having destroyed it, also by SIGKILL. It takes a shell and no more: where
// there is none, nothing runs. A shell that is killed as well runs nothing.
class LastCommand {
 public:
  explicit LastCommand(std::vector<std::string> argv);
  LastCommand(const LastCommand&) = delete;
  LastCommand& operator=(const LastCommand&) = delete;
  ~LastCommand();

 private:
  Cancellation done_;
  std::thread thread_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_LAST_COMMAND_H_
