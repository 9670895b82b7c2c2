// Another path to the build context for COPY, which the executor's ignore file
// does not match.
#ifndef OVENBIRD_RUNTIME_CONTEXT_DOOR_H_
#define OVENBIRD_RUNTIME_CONTEXT_DOOR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::context {

// Its rules hide files of the context from COPY.
inline constexpr absl::string_view kIgnoreFile = ".dockerignore";
// The folder of files that rewriting adds to a context. No listing has a folder
// of this name.
inline constexpr absl::string_view kOwnFolder = ".ovenbird";
// A door is a symlink to kDoorTarget: old executors find no files by a path
// that leads out of the context, but follow symlinks in it.
inline constexpr absl::string_view kDoorTarget = "/";
// The context's path in the pod, as a path in a door.
inline constexpr absl::string_view kContextInDoor = "/context";

// Returns the path of the symlink that is the door of `folder`, a folder of the
// context, "" for its top. Each folder has its own, because a rule that hides a
// folder behind its door would hide it in a folder above it, too. Folders in
// kOwnFolder share one.
std::string DoorOf(absl::string_view folder);
// Returns the path of the context through that door, relative to the context.
std::string ThroughDoorOf(absl::string_view folder);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_DOOR_H_
