// Volumes that outlive builds: at most one build of a run uses each at a time.
#ifndef OVENBIRD_RUNTIME_BUILD_VOLUME_LOCKS_H_
#define OVENBIRD_RUNTIME_BUILD_VOLUME_LOCKS_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "runtime/base/mutex.h"

namespace ovenbird::build {

// The volumes that builds of this run use. Thread-safe.
class VolumeLocks {
 public:
  // Calls `use` while no other call has one of these volumes. Calls `on_wait`
  // first, with the name of a volume that is in use, if it has to wait.
  void With(const std::vector<std::string>& volumes,
            const std::function<void(const std::string&)>& on_wait,
            const std::function<void()>& use);

 private:
  // Returns a volume that is in use; "": all are free.
  std::string InUse(const std::vector<std::string>& volumes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::set<std::string> used_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_VOLUME_LOCKS_H_
