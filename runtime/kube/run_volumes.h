// The volumes for RUN --mount in a build pod.
#ifndef OVENBIRD_RUNTIME_KUBE_RUN_VOLUMES_H_
#define OVENBIRD_RUNTIME_KUBE_RUN_VOLUMES_H_

#include <map>
#include <string>
#include <vector>

#include "runtime/kube/objects.h"
#include "runtime/kube/run_mount.h"

namespace ovenbird::kube {

// A folder in the context with all of the context but our own files, as hard
// links: what is mounted for a mount of the whole context.
inline constexpr char kContextView[] = ".ovenbird/view";

// Returns the volumes for mounts that are not of the context.
std::vector<Volume> RunVolumes(const std::vector<RunMount>& mounts);

// Returns the mounts of the executor's container; `context` is the name of the
// context's volume.
std::vector<VolumeMount> RunVolumeMounts(const std::vector<RunMount>& mounts,
                                         const std::string& context);

// Returns the mounts of the init container, at other paths.
std::vector<VolumeMount> RunVolumesInInit(const std::vector<RunMount>& mounts);

// Returns lines of a shell script that give those their modes and owners.
// `secret_files`: where the init container has the secrets, by ID.
std::string PrepareRunVolumes(
    const std::vector<RunMount>& mounts,
    const std::map<std::string, std::string>& secret_files);

// Returns lines of a shell script that make kContextView once the context is
// there; "": no mount needs it.
std::string MakeContextView(const std::vector<RunMount>& mounts);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_RUN_VOLUMES_H_
