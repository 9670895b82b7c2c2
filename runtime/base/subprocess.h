// Runs another program: credential helpers, exec plugins, hooks, container
// tools. No shell is involved.
#ifndef OVENBIRD_RUNTIME_BASE_SUBPROCESS_H_
#define OVENBIRD_RUNTIME_BASE_SUBPROCESS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"

namespace ovenbird {

// A command, its input and output, and its limits.
struct Subprocess {
  // argv[0] without a slash is looked up in PATH (that of `set_env` if given).
  std::vector<std::string> argv;
  // On top of this process's environment.
  std::vector<std::pair<std::string, std::string>> set_env;
  std::vector<std::string> unset_env;
  std::string working_dir;  // empty: this process's

  // The input of the program: these bytes, then the pieces that `stdin_source`
  // returns until an empty one; an error from it terminates the program and is
  // returned. Without either: /dev/null.
  std::string stdin_data;
  std::function<absl::StatusOr<std::string>()> stdin_source;

  // Receive the output piece by piece, in the calling thread. Without a
  // callback the output is captured in the result.
  std::function<void(absl::string_view)> on_stdout;
  std::function<void(absl::string_view)> on_stderr;

  absl::Duration timeout = absl::InfiniteDuration();
  Cancellation* cancel = nullptr;
  // The time between SIGTERM and SIGKILL.
  absl::Duration grace = absl::Seconds(5);
};

// How a program ended, and the output that was captured.
struct SubprocessResult {
  int exit_code = 0;  // 128 + signal if a signal ended it, as in shells
  int signal = 0;     // 0: it exited on its own
  std::string out;
  std::string err;
  bool ok() const { return exit_code == 0; }
  // Returns how the program ended: "exit code 3", "signal 9 (Killed)".
  std::string Describe() const;
};

// Runs the program and waits until it has exited; an exit code other than 0 is
// a result, not an error. Errors: kNotFound (the message names the program),
// kPermissionDenied and others if it cannot be started, kDeadlineExceeded,
// kCancelled. In the last two cases the program and the processes of its group
// are gone on return; after a normal exit its background processes keep
// running. The program has no terminal to read from: reads of /dev/tty fail.
absl::StatusOr<SubprocessResult> RunSubprocess(const Subprocess& process);

// Returns the path of `program` in the first folder of `path` that has it
// (syntax of PATH; empty: this process's PATH); kNotFound if none has it.
absl::StatusOr<std::string> FindProgram(absl::string_view program,
                                        absl::string_view path = "");

// Returns the command as a user would type it in a POSIX shell, for messages.
std::string ShellCommand(const std::vector<std::string>& argv);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SUBPROCESS_H_
