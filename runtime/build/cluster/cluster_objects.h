// What a build makes in the cluster, and that it is gone afterwards.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CLUSTER_OBJECTS_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CLUSTER_OBJECTS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/inventory.h"
#include "runtime/build/failure.h"
#include "runtime/kube/client.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/objects.h"

namespace ovenbird::build {

class ClusterObjects {
 public:
  // `client` and `inventory`, which knows at any time what there is, must
  // outlive this.
  ClusterObjects(kube::Client& client, std::string name_space,
                 Inventory& inventory)
      : client_(client),
        inventory_(inventory),
        name_space_(std::move(name_space)) {}
  // Delete() must have been called.
  ~ClusterObjects();

  // The Job that takes all away after `lifetime` should we not do it (where the
  // user may make one and the cluster knows how), the Secret (if any), then the
  // pod that mounts it. Then the Secret is made the pod's own, so that it goes
  // with it whoever deletes the pod.
  std::optional<Failure> Create(kube::Manifest manifest,
                                absl::Duration lifetime, Cancellation& cancel);

  // Deletes what was made, by name and UID, and waits until the pod is gone.
  // `pod_has_ended`: none of its containers runs or will run, so that there is
  // no end to wait for. Not cut short by Ctrl-C. `in_a_hurry`: takes no more
  // than 5 seconds; else a server that is away is waited for. What could not be
  // deleted is named in the result.
  std::vector<std::string> Delete(bool pod_has_ended, bool in_a_hurry);

 private:
  struct Made {
    std::string plural;
    std::string name;
    std::string uid;  // empty: the answer to our request was lost
  };
  absl::StatusOr<json::Value> CreateOne(absl::string_view plural,
                                        const json::Value& object,
                                        Cancellation& cancel);
  // Whom the others belong to, or nobody.
  std::optional<kube::OwnerReference> CreateExpiry(
      const kube::Manifest& manifest, absl::Duration lifetime,
      Cancellation& cancel);
  std::optional<Failure> HandSecretToPod(Cancellation& cancel);
  // Takes what is gone off the inventory, and adds what is not to `left`.
  void Note(const Made& object, const absl::Status& status,
            std::vector<std::string>& left);
  // After it was told to end, when it was in `state`.
  absl::Status EndPod(const Made& pod, const json::Value& state,
                      absl::Time end);
  absl::StatusOr<json::Value> DeleteOne(const Made& object,
                                        std::optional<int> grace_seconds,
                                        absl::Time end);
  bool WaitUntilGone(const Made& pod, absl::Time end);
  kube::Resource ResourceOf(absl::string_view plural) const;
  InventoryItem ItemOf(const Made& object) const;

  kube::Client& client_;
  Inventory& inventory_;
  const std::string name_space_;
  std::vector<Made> made_;
  absl::Duration request_patience_ = absl::Seconds(2);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CLUSTER_OBJECTS_H_
