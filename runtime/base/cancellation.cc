#include "runtime/base/cancellation.h"

#include <utility>

#include "absl/time/clock.h"

namespace ovenbird {

Cancellation::Cancellation(Cancellation* parent) {
  if (parent != nullptr) {
    parent_ = std::make_unique<Subscription>(parent, [this] { Cancel(); });
  }
}

Cancellation::~Cancellation() = default;

void Cancellation::Cancel() {
  absl::MutexLock lock(&mutex_);
  if (cancelled()) return;
  cancelled_.store(true, std::memory_order_release);
  for (auto& [id, wake] : wakes_) wake();
}

bool Cancellation::SleepFor(absl::Duration time) {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(
      absl::Condition(
          +[](std::atomic<bool>* flag) { return flag->load(); }, &cancelled_),
      time);
}

Cancellation::Subscription::Subscription(Cancellation* cancellation,
                                         std::function<void()> wake)
    : cancellation_(cancellation) {
  if (cancellation_ == nullptr) return;
  absl::MutexLock lock(&cancellation_->mutex_);
  if (cancellation_->cancelled()) {
    wake();
    return;
  }
  id_ = cancellation_->next_id_++;
  cancellation_->wakes_.emplace(id_, std::move(wake));
}

Cancellation::Subscription::~Subscription() {
  if (id_ == 0) return;
  absl::MutexLock lock(&cancellation_->mutex_);
  cancellation_->wakes_.erase(id_);
}

absl::Status CheckNotCancelled(const Cancellation* cancel) {
  if (cancel != nullptr && cancel->cancelled()) {
    return absl::CancelledError("cancelled");
  }
  return absl::OkStatus();
}

absl::Status Sleep(absl::Duration time, Cancellation* cancel) {
  if (cancel == nullptr) {
    absl::SleepFor(time);
    return absl::OkStatus();
  }
  if (cancel->SleepFor(time)) return absl::CancelledError("cancelled");
  return absl::OkStatus();
}

}  // namespace ovenbird
