// What builds of engine `local` and of Docker have left on this machine because
// they were killed.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_REMAINS_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_REMAINS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/owner.h"

namespace ovenbird::build {

// A container, folder or control group that a build has left.
struct LocalRemains {
  // The kind of remains.
  enum Kind { kContainer, kFolder, kCgroup } kind = kFolder;
  std::string name;     // a container's id, or a path
  std::string program;  // of a container: "docker", "podman"
  std::string image;    // of a container: key in the config
  // Its process is or may be running; leave it alone.
  bool in_use = false;
  std::string why;  // it is in use, or is not

  // Returns "docker container 0123456789ab (image `app`)", "folder /...".
  std::string Describe() const;
};

// Returns the remains of this user, in the order in which they must be deleted;
// root's include all control groups of Ovenbird. Daemons that do not answer are
// ignored. Processes and mounts never remain: they are in namespaces that end
// with their build.
std::vector<LocalRemains> FindLocalRemains(const Owner& owner,
                                           Cancellation* cancel);
// Deletes a container, folder or control group.
absl::Status DeleteLocalRemains(const LocalRemains& remains,
                                Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_REMAINS_H_
