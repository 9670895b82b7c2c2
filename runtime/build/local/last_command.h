// A command for the case that this process is killed: what it has started on a
// daemon would run on.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_LAST_COMMAND_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_LAST_COMMAND_H_

#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/base/thread.h"

namespace ovenbird::build {

// Runs `argv` if this process ends, even by SIGKILL, before this object is
// destroyed. A shell waits for that: without a shell, or if it is killed as
// well, nothing runs.
class LastCommand {
 public:
  explicit LastCommand(std::vector<std::string> argv);
  LastCommand(const LastCommand&) = delete;
  LastCommand& operator=(const LastCommand&) = delete;
  ~LastCommand();

 private:
  Cancellation done_;
  Thread thread_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_LAST_COMMAND_H_
