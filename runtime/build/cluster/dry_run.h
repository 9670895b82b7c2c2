// Lets the cluster check the objects of a build without creating them.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_DRY_RUN_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_DRY_RUN_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/build/failure.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// What the cluster says of the objects of a build.
struct DryRunResult {
  std::optional<Failure> failure;  // nullopt: the cluster accepts them
  std::vector<std::string> warnings;
};

// Sends the objects with `?dryRun=All`: validation, quota, Pod Security and
// webhooks apply, nothing is stored. `name_space` is that of the build.
DryRunResult TryToCreate(kube::Client& client, const kube::BuildSpec& spec,
                         const std::string& name_space, Cancellation& cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_DRY_RUN_H_
