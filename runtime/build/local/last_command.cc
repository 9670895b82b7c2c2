#include "runtime/build/local/last_command.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/base/subprocess.h"

namespace ovenbird::build {
namespace {

// A pipe ends with the process that has its other end. The signals are a
// terminal's and a service manager's, which leave the end to us.
constexpr char kScript[] =
    "trap '' HUP INT QUIT TERM; "
    "read -r line || exec \"$@\" >/dev/null 2>&1";

void RunWhenKilled(std::vector<std::string> argv, Cancellation* done) {
  Subprocess shell;
  shell.argv = {"sh", "-c", kScript, "sh"};
  shell.argv.insert(shell.argv.end(), argv.begin(), argv.end());
  shell.stdin_source = [done]() -> absl::StatusOr<std::string> {
    done->SleepFor(absl::InfiniteDuration());
    return "done\n";
  };
  RunSubprocess(shell).IgnoreError();
}

}  // namespace

LastCommand::LastCommand(std::vector<std::string> argv) {
  // Without a thread `cleanup` has to do what the command does.
  StartThread(
      thread_,
      [this, argv = std::move(argv)]() mutable {
        RunWhenKilled(std::move(argv), &done_);
      },
      NobodyWaits)
      .IgnoreError();
}

LastCommand::~LastCommand() {
  done_.Cancel();
  Join(thread_);
}

}  // namespace ovenbird::build
