#include "runtime/build/failure.h"

#include <string>

namespace ovenbird::build {

Failure Interrupted() {
  Failure failure;
  failure.kind = FailureKind::kInterrupted;
  failure.what = "interrupted";
  return failure;
}

Failure FromStatus(const absl::Status& status) {
  Failure failure;
  failure.kind = absl::IsCancelled(status) ? FailureKind::kInterrupted
                                           : FailureKind::kEnvironment;
  failure.what = std::string(status.message());
  return failure;
}

}  // namespace ovenbird::build
