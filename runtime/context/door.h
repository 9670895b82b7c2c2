// Another path to the build context for COPY, by which the executor's ignore
// file does not know it.
#ifndef OVENBIRD_RUNTIME_CONTEXT_DOOR_H_
#define OVENBIRD_RUNTIME_CONTEXT_DOOR_H_

#include "absl/strings/string_view.h"

namespace ovenbird::context {

// The context as a path of the executor: where the pod has it, seen by way of
// the executor's own process.
inline constexpr absl::string_view kDoor = "proc/self/root/context";
// A source of COPY below kDoor begins so; kaniko takes `..` out of the context.
inline constexpr absl::string_view kDoorSource = "../proc/self/root/context";
// What rewriting adds to a context. No listing has a folder of this name.
inline constexpr absl::string_view kOwnFolder = ".ovenbird";

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_DOOR_H_
