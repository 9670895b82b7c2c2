// Caches of RUN --mount that outlive the build.
#ifndef OVENBIRD_RUNTIME_PLAN_CACHE_VOLUMES_H_
#define OVENBIRD_RUNTIME_PLAN_CACHE_VOLUMES_H_

#include <string>
#include <vector>

#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/run_mount.h"

namespace ovenbird::plan {

// Gives each cache among the mounts the volume that `cacheVolumes` has for it;
// relative paths start at `folder`. Reports entries without a cache in
// `dockerfile`, the file's name, as warnings of the image `key`.
void KeepCaches(const std::string& key, const config::Kaniko& kaniko,
                const std::string& folder, const std::string& dockerfile,
                std::vector<kube::RunMount>& mounts, diag::Sink& sink);

// Returns a name for each volume among the mounts that other builds may use,
// each once.
std::vector<std::string> SharedVolumes(
    const std::vector<kube::RunMount>& mounts);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_CACHE_VOLUMES_H_
