// Control groups of runc's containers.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_CGROUPS_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_CGROUPS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird::build {

// Of the container in the workspace folder `here`; the name of its groups, too.
std::string ContainerIdOf(absl::string_view here);

// Deletes a container's groups once its processes are gone; waits for them for
// at most two seconds.
void RemoveCgroups(const std::string& container_id);

struct Cgroup {
  std::string path;
  std::string container_id;
  bool has_processes = false;
  absl::Time changed;
};
// Of all our containers on this machine.
std::vector<Cgroup> ListCgroups();

// An empty group may be about to get processes, but not when it is older.
inline constexpr absl::Duration kYoungCgroup = absl::Minutes(10);
// Deletes the empty ones that are not young.
void SweepCgroups();

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_CGROUPS_H_
