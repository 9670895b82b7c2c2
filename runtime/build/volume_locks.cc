#include "runtime/build/volume_locks.h"

#include "absl/cleanup/cleanup.h"

namespace ovenbird::build {

void VolumeLocks::With(const std::vector<std::string>& volumes,
                       const std::function<void(const std::string&)>& on_wait,
                       const std::function<void()>& use) {
  {
    MutexLock lock(&mutex_);
    bool reported = false;
    for (std::string name; !(name = InUse(volumes)).empty();) {
      if (!reported) on_wait(name);
      reported = true;
      changed_.Wait(&mutex_);
    }
    used_.insert(volumes.begin(), volumes.end());
  }
  // Also after an exception: others wait for it.
  const auto leave = absl::MakeCleanup([&] {
    MutexLock lock(&mutex_);
    for (const std::string& name : volumes) used_.erase(name);
    changed_.SignalAll();
  });
  use();
}

std::string VolumeLocks::InUse(const std::vector<std::string>& volumes) const {
  for (const std::string& name : volumes) {
    if (used_.count(name) > 0) return name;
  }
  return "";
}

}  // namespace ovenbird::build
