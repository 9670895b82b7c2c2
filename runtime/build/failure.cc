#include "runtime/build/failure.h"

#include <string>

namespace ovenbird::build {

Failure Interrupted() {
  Failure failure;
  failure.kind = FailureKind::kInterrupted;
  failure.what = "interrupted";
  return failure;
}

Failure FromException(const std::exception& error) {
  Failure failure;
  failure.kind = FailureKind::kEnvironment;
  failure.what = absl::StrCat("this machine has no more memory or threads: ",
                              error.what());
  failure.hint = "use a smaller --jobs, or raise the limits";
  return failure;
}

Failure FromStatus(const absl::Status& status) {
  // Which of our programs was at work then is nobody's concern.
  if (absl::IsCancelled(status)) return Interrupted();
  Failure failure;
  failure.what = std::string(status.message());
  return failure;
}

}  // namespace ovenbird::build
