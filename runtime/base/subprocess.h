// Runs another program: credential helpers, exec plugins, hooks, container
// tools. No shell in between.
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

struct Subprocess {
  // argv[0] without a slash is looked up in PATH (that of `set_env` if given).
  std::vector<std::string> argv;
  // On top of this process's environment.
  std::vector<std::pair<std::string, std::string>> set_env;
  std::vector<std::string> unset_env;
  std::string working_dir;  // empty: this process's

  // What the program reads: these bytes, or the pieces that `stdin_source`
  // gives until an empty one; a status of it ends the program and is returned.
  // With neither: /dev/null.
  std::string stdin_data;
  std::function<absl::StatusOr<std::string>()> stdin_source;

  // Pieces as they come, in the calling thread. Without one the output is
  // captured in the result.
  std::function<void(absl::string_view)> on_stdout;
  std::function<void(absl::string_view)> on_stderr;

  absl::Duration timeout = absl::InfiniteDuration();
  Cancellation* cancel = nullptr;
  // How long the program has between SIGTERM and SIGKILL.
  absl::Duration grace = absl::Seconds(5);
};

struct SubprocessResult {
  int exit_code = 0;  // 128 + signal when a signal ended it, as shells say
  int signal = 0;     // 0: it exited by itself
  std::string out;
  std::string err;
  bool ok() const { return exit_code == 0; }
  // "exit code 3", "signal 9 (Killed)"
  std::string Describe() const;
};

// Waits until the program has ended; an exit code other than 0 is a result, not
// an error. Errors: kNotFound (no such program; the text names it),
// kPermissionDenied and others for what could not be started,
// kDeadlineExceeded, kCancelled. In the last two cases the program and the
// processes of its group are gone when this returns.
// What a program leaves running in the background on a normal end is let live.
absl::StatusOr<SubprocessResult> RunSubprocess(const Subprocess& process);

// Where `program` is found in `path` (PATH's syntax; empty: this process's
// PATH). kNotFound when nowhere.
absl::StatusOr<std::string> FindProgram(absl::string_view program,
                                        absl::string_view path = "");

// The command as one would type it in a shell: for messages.
std::string ShellCommand(const std::vector<std::string>& argv);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SUBPROCESS_H_
