// The owner of a build. Every object of a build names it, so that a user who
// finds the object can ask the owner, and a later run knows what it may delete.
#ifndef OVENBIRD_RUNTIME_BUILD_OWNER_H_
#define OVENBIRD_RUNTIME_BUILD_OWNER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::build {

// Annotations and labels.
inline constexpr char kUserAnnotation[] = "ovenbird.dev/user";
inline constexpr char kHostAnnotation[] = "ovenbird.dev/host";
inline constexpr char kProcessAnnotation[] = "ovenbird.dev/process";

// The user, machine and process that run a build.
struct Owner {
  std::string user;
  std::string host;
  // "BOOT/NAMESPACE/PID/START": where the pid is valid (the boot of the
  // machine, the PID namespace), the pid, and the start time of the process,
  // because pids are reused. Empty if it is unknown.
  std::string process;
};

// Returns the owner of the builds of this process.
Owner ThisProcess();
// Returns the annotations for an object of the owner.
std::vector<std::pair<std::string, std::string>> Annotations(
    const Owner& owner);

// Whether a process still runs.
enum class Liveness {
  kRunning,
  kEnded,
  kUnknown,  // of another machine or container, or from before a restart
};
// Returns whether the process of an Owner::process runs.
Liveness LivenessOf(absl::string_view process);
// Returns the pid in an Owner::process, to show it; empty if it has none.
absl::string_view PidOf(absl::string_view process);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_OWNER_H_
