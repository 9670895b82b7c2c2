#include "runtime/build/cluster/background_cleanup.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "runtime/base/thread.h"
#include "runtime/build/cluster/cleanup.h"

namespace ovenbird::build {
namespace {

// Usually it is long done when the build is.
constexpr absl::Duration kPatience = absl::Seconds(2);

void CleanUp(kube::Client& client, const std::string& name_space,
             const Owner& owner, Cancellation& cancel) {
  CleanupScope scope;
  scope.owner = owner;
  scope.this_host_only = true;
  const CleanupResult found = FindRemains(client, name_space, scope, &cancel);
  for (const Remains& remains : found.remains) {
    if (remains.in_use) continue;
    for (const RemainingObject& object : remains.objects) {
      (void)DeleteRemaining(client, name_space, object, &cancel);
    }
  }
}

}  // namespace

class BackgroundCleanup::Worker {
 public:
  Worker(kube::Client& client, std::string name_space, Owner owner,
         Cancellation& parent)
      : cancel_(&parent) {
    // Without a thread the next run does it.
    const absl::Status started = StartThread(
        thread_,
        [this, &client, name_space = std::move(name_space),
         owner = std::move(owner)] {
          CleanUp(client, name_space, owner, cancel_);
          done_.Cancel();
        },
        [this] { done_.Cancel(); });
    if (!started.ok()) done_.Cancel();
  }
  ~Worker() {
    if (!cancel_.cancelled()) done_.SleepFor(kPatience);
    cancel_.Cancel();
    Join(thread_);
  }

 private:
  Cancellation cancel_;
  Cancellation done_;
  Thread thread_;
};

BackgroundCleanup::BackgroundCleanup(kube::Client& client, Owner owner)
    : client_(client), owner_(std::move(owner)) {}
BackgroundCleanup::~BackgroundCleanup() = default;

void BackgroundCleanup::Start(const std::string& name_space,
                              Cancellation& cancel) {
  MutexLock lock(&mutex_);
  std::unique_ptr<Worker>& worker = workers_[name_space];
  if (worker != nullptr) return;
  worker = std::make_unique<Worker>(client_, name_space, owner_, cancel);
}

}  // namespace ovenbird::build
