// The build secrets in a build pod: keys of Secrets that only the init
// container mounts. It copies them to the volumes of RUN --mount, which have
// the modes and owners that the Dockerfile asks for.
#ifndef OVENBIRD_RUNTIME_KUBE_SECRET_VOLUMES_H_
#define OVENBIRD_RUNTIME_KUBE_SECRET_VOLUMES_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/kube/build_spec.h"
#include "runtime/kube/objects.h"

namespace ovenbird::kube {

// Returns the keys and values, not encoded, that the build's own Secret gets.
std::vector<std::pair<std::string, std::string>> SecretData(
    const std::vector<BuildSecret>& secrets);

// Returns the volumes; `own` is the name of the build's own Secret.
std::vector<Volume> SecretVolumes(const std::vector<BuildSecret>& secrets,
                                  const std::string& own);

// Returns the mounts of the init container.
std::vector<VolumeMount> SecretMounts(const std::vector<BuildSecret>& secrets);

// Returns the path of each secret in the init container, by its ID.
std::map<std::string, std::string> SecretFiles(
    const std::vector<BuildSecret>& secrets);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_SECRET_VOLUMES_H_
