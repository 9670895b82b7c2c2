#include "runtime/base/cancellation.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "runtime/base/mutex.h"

namespace ovenbird {

Cancellation::Cancellation(Cancellation* parent) {
  if (parent != nullptr) {
    parent_ = std::make_unique<Subscription>(parent, [this] { Cancel(); });
  }
}

Cancellation::~Cancellation() = default;

void Cancellation::Cancel() {
  MutexLock lock(&mutex_);
  if (cancelled()) return;
  cancelled_.store(true, std::memory_order_release);
  changed_.SignalAll();
  for (auto& [id, wake] : wakes_) wake();
}

bool Cancellation::SleepFor(absl::Duration time) {
  const auto start = std::chrono::steady_clock::now();
  // Longer than any program runs, and far from overflow.
  const auto end =
      start + absl::ToChronoNanoseconds(std::min(time, absl::Hours(24 * 365)));
  MutexLock lock(&mutex_);
  while (!cancelled() && changed_.WaitUntil(&mutex_, end)) {
  }
  return cancelled();
}

Cancellation::Subscription::Subscription(Cancellation* cancellation,
                                         std::function<void()> wake)
    : cancellation_(cancellation) {
  if (cancellation_ == nullptr) return;
  MutexLock lock(&cancellation_->mutex_);
  if (cancellation_->cancelled()) {
    wake();
    return;
  }
  id_ = cancellation_->next_id_++;
  cancellation_->wakes_.emplace(id_, std::move(wake));
}

Cancellation::Subscription::~Subscription() {
  if (id_ == 0) return;
  MutexLock lock(&cancellation_->mutex_);
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
