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

// The objects of one build in the cluster.
class ClusterObjects {
 public:
  // `client` and `inventory`, which lists the existing objects at any time,
  // must outlive this.
  ClusterObjects(kube::Client& client, std::string name_space,
                 Inventory& inventory)
      : client_(client),
        inventory_(inventory),
        name_space_(std::move(name_space)) {}
  // Delete() must have been called.
  ~ClusterObjects();

  // Creates the Job that makes the cluster delete everything after `lifetime`
  // if this process cannot (if the user is allowed to create one and the
  // cluster supports it), the Secret (if any), then the pod that mounts it.
  // Then the pod becomes an owner of the Secret, so that both are deleted
  // together. Returns nullopt on success.
  std::optional<Failure> Create(kube::Manifest manifest,
                                absl::Duration lifetime, Cancellation& cancel);

  // Returns what is wrong with the created objects, for the user.
  const std::vector<std::string>& warnings() const { return warnings_; }

  // Replaces the registry credentials in the Secret that Create() has created
  // with credentials; the kubelet brings them into the running pod. kNotFound:
  // the Secret is gone, or is another build's.
  absl::Status ReplaceLogin(absl::string_view docker_config,
                            Cancellation& cancel);

  // Deletes the created objects, by name and UID, and waits until the pod is
  // gone. `pod_has_ended`: none of its containers runs or will run, so there is
  // nothing to wait for. Ctrl-C does not cancel this. `in_a_hurry`: takes at
  // most 5 seconds; else waits for a server that does not answer. Returns
  // descriptions of the objects that could not be deleted.
  std::vector<std::string> Delete(bool pod_has_ended, bool in_a_hurry);

 private:
  std::vector<std::string> DeleteAll(bool pod_has_ended, bool in_a_hurry);
  // An object that was or may have been created.
  struct Made {
    std::string plural;
    std::string name;
    std::string uid;  // empty: the answer to our request was lost
  };
  absl::StatusOr<json::Value> CreateOne(absl::string_view plural,
                                        const json::Value& object,
                                        Cancellation& cancel);
  // Creates the Job and returns it as an owner for the other objects; nullopt
  // if the Job is impossible.
  std::optional<kube::OwnerReference> CreateExpiry(
      const kube::Manifest& manifest, absl::Duration lifetime,
      Cancellation& cancel);
  std::optional<Failure> HandSecretToPod(Cancellation& cancel);
  // Removes a deleted object from the inventory, and adds another one to
  // `left`.
  void Note(const Made& object, const absl::Status& status,
            std::vector<std::string>& left);
  // Waits until the pod is gone after its deletion, when it was in `state`;
  // deletes it without grace if that takes too long.
  absl::Status EndPod(const Made& pod, const json::Value& state,
                      absl::Time end);
  // Deletes one object; again if it may appear a little later.
  absl::StatusOr<json::Value> DeleteMade(const Made& object,
                                         std::optional<int> grace_seconds,
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
  std::vector<std::string> warnings_;
  absl::Duration request_patience_ = absl::Seconds(2);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CLUSTER_OBJECTS_H_
