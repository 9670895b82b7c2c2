// Containers by runc alone, without a daemon: as root, or in a user namespace.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_RUNC_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_RUNC_H_

#include <memory>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/local/runtime.h"

namespace ovenbird::build {

// Returns runc; whether it can start containers shows only when it runs one.
// kNotFound: not installed.
absl::StatusOr<std::unique_ptr<ContainerRuntime>> FindRunc(
    Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_RUNC_H_
