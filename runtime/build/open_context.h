// The context of a plan as a stream, for engines on this machine.
#ifndef OVENBIRD_RUNTIME_BUILD_OPEN_CONTEXT_H_
#define OVENBIRD_RUNTIME_BUILD_OPEN_CONTEXT_H_

#include "absl/status/statusor.h"
#include "runtime/build/observer.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/unpack.h"

namespace ovenbird::build {

// Returns the context as a plain (not compressed) tar stream, from its start.
// What is read of it counts as sent. `plan` and `observer` must outlive the
// stream.
absl::StatusOr<registry::ByteSource> OpenContext(const plan::ImagePlan& plan,
                                                 Observer& observer);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_OPEN_CONTEXT_H_
