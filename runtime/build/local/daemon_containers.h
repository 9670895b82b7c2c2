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

// That they are ours, whose they are, and the image's key in the config.
std::vector<std::pair<std::string, std::string>> ContainerLabels(
    const Owner& owner, const std::string& image_key);

struct FoundContainer {
  std::string id;
  bool running = false;
  absl::Time created = absl::InfinitePast();
  absl::Time finished = absl::InfinitePast();  // of its last run
  std::map<std::string, std::string> labels;
};

// As `docker container inspect` and podman's print them; those without our
// labels are left out.
std::vector<FoundContainer> ParseContainers(absl::string_view json);

// Those with our labels, whoever made them. `program`: "docker", "podman".
// Errors: not installed, no daemon that answers.
absl::StatusOr<std::vector<FoundContainer>> ListContainers(
    const std::string& program, Cancellation* cancel);
// With its volumes, also when it runs.
absl::Status RemoveContainer(const std::string& program, const std::string& id,
                             Cancellation* cancel);

struct ContainerVerdict {
  bool ours = false;  // this user's
  std::string image;  // key in the config
  // Its process runs, or may run: not to be touched.
  bool in_use = false;
  std::string why;
};
ContainerVerdict JudgeContainer(const FoundContainer& container,
                                const Owner& owner, absl::Time now);

// Deletes what killed processes of this user left. Says nothing.
void SweepContainers(const std::string& program, const Owner& owner,
                     Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_DAEMON_CONTAINERS_H_
