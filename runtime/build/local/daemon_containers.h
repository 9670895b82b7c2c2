// Containers of the local engine on a daemon (docker, podman), which live on
// when the process that made them is killed.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_DAEMON_CONTAINERS_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_DAEMON_CONTAINERS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/owner.h"

namespace ovenbird::build {

// Returns the labels of a container: the mark of Ovenbird, the owner, and the
// image's key in the config.
std::vector<std::pair<std::string, std::string>> ContainerLabels(
    const Owner& owner, const std::string& image_key);

// A container of Ovenbird on a daemon.
struct FoundContainer {
  std::string id;
  bool running = false;
  absl::Time created = absl::InfinitePast();
  absl::Time finished = absl::InfinitePast();  // of its last run
  std::map<std::string, std::string> labels;
};

// Parses the output of `docker container inspect` or podman's; leaves out
// containers without our labels.
std::vector<FoundContainer> ParseContainers(absl::string_view json);

// Returns the containers with our labels, of any owner. `program`: "docker",
// "podman". kNotFound: not installed; kUnavailable: no daemon answers.
absl::StatusOr<std::vector<FoundContainer>> ListContainers(
    const std::string& program, Cancellation* cancel);
// Deletes a container with its volumes, even if it is running.
absl::Status RemoveContainer(const std::string& program, const std::string& id,
                             Cancellation* cancel);

// Whether a container may be deleted.
struct ContainerVerdict {
  bool ours = false;  // this user's
  std::string image;  // key in the config
  // Its process is or may be running; leave it alone.
  bool in_use = false;
  std::string why;
};
// Decides whether the container is in use, for a cleanup by `owner`.
ContainerVerdict JudgeContainer(const FoundContainer& container,
                                const Owner& owner, absl::Time now);

// Deletes the containers that killed processes of this user have left. Ignores
// errors.
void SweepContainers(const std::string& program, const Owner& owner,
                     Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_DAEMON_CONTAINERS_H_
