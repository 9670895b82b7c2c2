#include "runtime/build/local/install.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"

namespace ovenbird::build {
namespace {

// apt-get with these arguments and, after it, why it failed.
absl::Status AptGet(std::vector<std::string> argv,
                    const std::vector<std::string>& arguments,
                    Cancellation* cancel) {
  for (const char* word : {"env", "DEBIAN_FRONTEND=noninteractive", "apt-get",
                           "-qq", "-o", "DPkg::Lock::Timeout=600"}) {
    argv.emplace_back(word);
  }
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  Subprocess process;
  process.argv = std::move(argv);
  process.cancel = cancel;
  // Half an installation is worse than a late end.
  process.grace = absl::Seconds(60);
  ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(process));
  if (result.ok()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      "`", ShellCommand(process.argv), "` failed with ", result.Describe(),
      result.err.empty() ? "" : ": ",
      absl::string_view(result.err).substr(0, result.err.find('\n'))));
}

bool SudoAsksForNothing(Cancellation* cancel) {
  Subprocess process;
  process.argv = {"sudo", "-n", "true"};
  process.cancel = cancel;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  return result.ok() && result->ok();
}

}  // namespace

absl::Status InstallPackage(
    const std::string& package,
    const std::function<void(absl::string_view)>& on_step,
    Cancellation* cancel) {
  if (!FindProgram("apt-get").ok()) {
    return absl::NotFoundError(absl::StrCat(
        "not installed; install your system's package of ", package));
  }
  std::vector<std::string> as_root;
  if (geteuid() != 0) {
    if (!SudoAsksForNothing(cancel)) {
      return absl::PermissionDeniedError(
          absl::StrCat("not installed: `sudo apt-get install ", package, "`"));
    }
    as_root = {"sudo", "-n"};
  }
  on_step(absl::StrCat("installing Debian's package ", package,
                       " (apt-get install ", package, ")"));
  const std::vector<std::string> install = {"install", "-y",
                                            "--no-install-recommends", package};
  absl::Status first = AptGet(as_root, install, cancel);
  if (first.ok() || absl::IsCancelled(first)) return first;
  // The package lists of a fresh machine are empty.
  RETURN_IF_ERROR(AptGet(as_root, {"update"}, cancel));
  return AptGet(as_root, install, cancel);
}

}  // namespace ovenbird::build
