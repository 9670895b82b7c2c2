// Deletes, during a build, what killed builds of the same user and host left in
// its namespace.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_BACKGROUND_CLEANUP_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_BACKGROUND_CLEANUP_H_

#include <map>
#include <memory>
#include <string>

#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/build/owner.h"
#include "runtime/kube/client.h"

namespace ovenbird::build {

// Deletes remains in the background. Thread-safe. Reports nothing: without the
// rights, the remains stay.
class BackgroundCleanup {
 public:
  // `client` must outlive this.
  BackgroundCleanup(kube::Client& client, Owner owner);
  // Waits at most 2 seconds for running cleanups, then cancels them.
  ~BackgroundCleanup();

  // Starts a cleanup and returns immediately; does nothing for a namespace that
  // has had one. `cancel` must outlive this.
  void Start(const std::string& name_space, Cancellation& cancel);

 private:
  class Worker;

  kube::Client& client_;
  const Owner owner_;
  Mutex mutex_;
  std::map<std::string, std::unique_ptr<Worker>> workers_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_BACKGROUND_CLEANUP_H_
