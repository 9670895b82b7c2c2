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

struct LocalRemains {
  enum Kind { kContainer, kFolder, kCgroup } kind = kFolder;
  std::string name;     // a container's id, or a path
  std::string program;  // of a container: "docker", "podman"
  std::string image;    // of a container: key in the config
  // Its process runs, or may run: not to be touched.
  bool in_use = false;
  std::string why;  // it is in use, or is not

  // "docker container 0123456789ab (image `app`)", "folder /..."
  std::string Describe() const;
};

// Of this user alone, in the order in which they are to be deleted. A daemon
// that does not answer has none. Processes and mounts never remain: they are in
// namespaces that end with their build.
std::vector<LocalRemains> FindLocalRemains(const Owner& owner,
                                           Cancellation* cancel);
absl::Status DeleteLocalRemains(const LocalRemains& remains,
                                Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_REMAINS_H_
