// Who builds. It stands on every object of a build, so that one who finds it
// knows whom to ask, and a later run what it may delete.
#ifndef OVENBIRD_RUNTIME_BUILD_OWNER_H_
#define OVENBIRD_RUNTIME_BUILD_OWNER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::build {

// Annotations.
inline constexpr char kUserAnnotation[] = "ovenbird.dev/user";
inline constexpr char kHostAnnotation[] = "ovenbird.dev/host";
inline constexpr char kProcessAnnotation[] = "ovenbird.dev/process";

struct Owner {
  std::string user;
  std::string host;
  // Where its pid means something (the machine since it was started, the PID
  // namespace), the pid, and when the process began, for pids come again.
  std::string process;
};

Owner ThisProcess();
std::vector<std::pair<std::string, std::string>> Annotations(
    const Owner& owner);

enum class Liveness {
  kRunning,
  kEnded,
  kUnknown,  // of another machine or container, or from before a restart
};
Liveness LivenessOf(absl::string_view process);
// The pid for people; empty when `process` has none.
absl::string_view PidOf(absl::string_view process);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_OWNER_H_
