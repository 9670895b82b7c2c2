#include "runtime/cli/unreadable.h"

#include "absl/strings/match.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::cli {

diag::Diagnostic DescribeUnreadable(const SourceFile& file,
                                    const absl::Status& status) {
  diag::Diagnostic problem =
      diag::ConfigUnreadable({&file, 0, 0}, status.message());
  if (absl::StartsWith(status.message(), "no devspace.yaml ")) {
    problem.help =
        "write one with `ovenbird init`, or with `ovenbird migrate FILE` from "
        "the file of another tool";
  } else if (absl::StrContains(status.message(), "pass `--config")) {
    problem.help.clear();  // The message has it.
  }
  return problem;
}

}  // namespace ovenbird::cli
