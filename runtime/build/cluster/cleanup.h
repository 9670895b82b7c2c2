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
  // Its process runs, or may run: not to be touched.
  bool in_use = false;
  std::string why;  // it is in use, or is not: "its process 12 has ended"
};

struct FoundObjects {
  std::vector<json::Value> pods;     // core/v1
  std::vector<json::Value> secrets;  // core/v1
  std::vector<json::Value> jobs;     // batch/v1
};

struct CleanupScope {
  Owner owner;  // whose; others' objects are not even seen
  // Only builds of the owner's host, or those of every host, of which only what
  // has ended or is older than it can get is not in use.
  bool this_host_only = false;
};

// Pure. `now` by this machine's clock: a few minutes' difference from the
// cluster's do no harm.
std::vector<Remains> Judge(const FoundObjects& found, const CleanupScope& scope,
                           absl::Time now);

struct CleanupResult {
  std::vector<Remains> remains;
  // What could not be asked or deleted, and why.
  std::vector<absl::Status> problems;
  // Namespaces, of all, where this user may not see everything.
  std::vector<std::string> not_seen;
};

// Looks. Without the right to see Jobs there are none. Without a `name_space`
// it looks into all of the cluster at once.
CleanupResult FindRemains(kube::Client& client, const std::string& name_space,
                          const CleanupScope& scope, Cancellation* cancel);

// The same for all namespaces: at once where the user may do that, else one
// after the other, where he may list at least those.
CleanupResult FindAllRemains(kube::Client& client, const CleanupScope& scope,
                             Cancellation* cancel);

// Deletes one object, by name and UID.
absl::Status DeleteRemaining(kube::Client& client,
                             const std::string& name_space,
                             const RemainingObject& object,
                             Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CLEANUP_H_
