// Control groups of runc's containers.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_CGROUPS_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_CGROUPS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird::build {

// Returns the id of the container in the workspace folder `here`, which is also
// the name of its groups.
std::string ContainerIdOf(absl::string_view here);

// Deletes a container's groups once its processes are gone; waits for them for
// at most two seconds.
void RemoveCgroups(const std::string& container_id);

// A group in one of the machine's trees of control groups.
struct Cgroup {
  std::string path;
  std::string container_id;
  bool has_processes = false;
  absl::Time changed;
};
// Returns the groups of all containers of Ovenbird on this machine.
std::vector<Cgroup> ListCgroups();

// A younger empty group may be about to get processes.
inline constexpr absl::Duration kYoungCgroup = absl::Minutes(10);
// Deletes empty groups that are older than kYoungCgroup.
void SweepCgroups();

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_CGROUPS_H_
