// What a build makes in the cluster, and that it is gone afterwards.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_OBJECTS_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_OBJECTS_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/kube/client.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {

class ClusterObjects {
 public:
  // `client` must outlive this.
  ClusterObjects(kube::Client& client, std::string name_space)
      : client_(client), name_space_(std::move(name_space)) {}
  // Delete() must have been called.
  ~ClusterObjects();

  // The Secret (if any), then the pod that mounts it, then the Secret is made
  // the pod's own, so that it goes with it whoever deletes the pod.
  std::optional<Failure> Create(const kube::Manifest& manifest,
                                Cancellation& cancel);

  // Deletes what was made, by name and UID, and waits until the pod is gone.
  // `pod_has_ended`: none of its containers runs or will run, so that there is
  // no end to wait for. Not cut short by Ctrl-C; bounded in time. What could
  // not be deleted is named in the result.
  std::vector<std::string> Delete(bool pod_has_ended);

 private:
  struct Made {
    std::string plural;
    std::string name;
    std::string uid;  // empty: the answer to our request was lost
  };
  std::optional<Failure> CreateOne(absl::string_view plural,
                                   const json::Value& object,
                                   absl::string_view doing,
                                   Cancellation& cancel);
  // Nothing, or why it is still there.
  std::string DeleteOne(const Made& object, bool pod_has_ended);
  bool WaitUntilGone(const Made& pod);
  kube::Resource ResourceOf(absl::string_view plural) const;

  kube::Client& client_;
  const std::string name_space_;
  std::vector<Made> made_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_OBJECTS_H_
