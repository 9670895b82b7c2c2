// Lets the cluster check the objects of a build without creating them.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_DRY_RUN_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_DRY_RUN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// What the cluster says of one object.
struct TriedObject {
  json::Value sent;
  // The object as the cluster would store it, changed by defaults and webhooks;
  // or why it does not.
  absl::StatusOr<json::Value> answer = json::Value();
  std::optional<Failure> failure;  // the same in the user's words
  std::vector<std::string> warnings;
};

// What the cluster says of the objects of a build.
struct DryRunResult {
  std::optional<TriedObject> secret;  // nullopt: the build needs none
  TriedObject pod;
};

// Sends the objects with `?dryRun=All`: validation, quota, Pod Security and
// webhooks apply, nothing is stored. `name_space` is that of the build. The
// values of the Secret are sent as they are in `spec`: hide them before.
DryRunResult TryToCreate(kube::Client& client, const kube::BuildSpec& spec,
                         const std::string& name_space, Cancellation& cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_DRY_RUN_H_
