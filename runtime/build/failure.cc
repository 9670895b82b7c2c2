#include "runtime/build/failure.h"

#include <string>

namespace ovenbird::build {

Failure FromStatus(const absl::Status& status) {
  Failure failure;
  failure.kind = absl::IsCancelled(status) ? FailureKind::kInterrupted
                                           : FailureKind::kEnvironment;
  failure.what = std::string(status.message());
  return failure;
}

}  // namespace ovenbird::build
