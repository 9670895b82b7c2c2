// What earlier builds of a user have left in a namespace: those whose process
// was killed, so that it could not tidy up.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CLEANUP_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CLEANUP_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/build/owner.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// An object in the cluster that a build has left.
struct RemainingObject {
  std::string plural;  // "pods"
  std::string name;
  std::string uid;
  bool has_ended = false;  // a pod of which nothing runs
};

// The objects of one build.
struct Remains {
  std::string image;  // key in the config
  std::string name_space;
  std::vector<RemainingObject> objects;
  // Its process is or may be running; leave it alone.
  bool in_use = false;
  std::string why;  // it is in use, or is not: "its process 12 has ended"
};

// Lists of objects, as the API server returns them.
struct FoundObjects {
  std::vector<json::Value> pods;     // core/v1
  std::vector<json::Value> secrets;  // core/v1
  std::vector<json::Value> jobs;     // batch/v1
};

// The builds whose remains are considered.
struct CleanupScope {
  Owner owner;  // objects of other users are ignored
  // Only builds of the owner's host. Else builds of every host, where those of
  // other hosts are in use until they have ended or are older than a build can
  // get.
  bool this_host_only = false;
};

// Groups the objects of the scope by build, and decides which are in use. Pure.
// `now` is the time of the API server's clock, by which the objects' times are:
// this machine's may differ by hours.
std::vector<Remains> Judge(const FoundObjects& found, const CleanupScope& scope,
                           absl::Time now);

// The remains in one or all namespaces.
struct CleanupResult {
  std::vector<Remains> remains;
  // Errors of the requests.
  std::vector<absl::Status> problems;
  // Namespaces where this user is not allowed to see everything, if all are
  // searched.
  std::vector<std::string> not_seen;
};

// Returns the remains in a namespace; in the whole cluster if `name_space` is
// empty. Ignores errors for Jobs, which this user may not be allowed to list.
CleanupResult FindRemains(kube::Client& client, const std::string& name_space,
                          const CleanupScope& scope, Cancellation* cancel);

// Returns the remains in all namespaces: with one request if the user is
// allowed to do that, else one namespace after the other, if at least those can
// be listed.
CleanupResult FindAllRemains(kube::Client& client, const CleanupScope& scope,
                             Cancellation* cancel);

// Deletes one object, by name and UID. Returns OK if it does not exist.
absl::Status DeleteRemaining(kube::Client& client,
                             const std::string& name_space,
                             const RemainingObject& object,
                             Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CLEANUP_H_
