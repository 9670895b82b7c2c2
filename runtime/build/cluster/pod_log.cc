#include "runtime/build/cluster/pod_log.h"

#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/thread.h"
#include "runtime/build/cluster/pod_state.h"
#include "runtime/kube/log.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

using Clock = std::chrono::steady_clock;

// How long the rest of a log is read after its container's end.
constexpr std::chrono::minutes kRest(2);

}  // namespace

// Whether it is still lost at its deadline.
bool PodLog::NodeStaysLost(const std::atomic<bool>& done) {
  bool lost = true;
  request_.watch.WaitUntil(
      [&](const PodWatch::View& now) {
        lost = now.state.stage == PodStage::kNodeLost;
        return done || !lost;
      },
      Clock::now() + absl::ToChronoNanoseconds(request_.node_lost));
  return lost;
}

// Ends `reading` when the pod or its node has gone and the log does not end by
// itself: its connection may hang silently.
void PodLog::Guard(Clock::time_point give_up, const std::atomic<bool>& done,
                   Cancellation& reading) {
  while (!done) {
    bool over = false;
    bool lost = false;
    request_.watch.WaitUntil(
        [&](const PodWatch::View& now) {
          over = now.IsOver();
          lost = now.state.stage == PodStage::kNodeLost;
          return done || over || lost;
        },
        give_up);
    if (!over && lost) {
      if (!NodeStaysLost(done)) continue;
      node_given_up_ = true;
    } else if (over) {
      request_.watch.WaitUntil(
          [&](const PodWatch::View&) { return done.load(); },
          Clock::now() + kRest);
    }
    if (!done) reading.Cancel();
    return;
  }
}

void PodLog::Follow(Clock::time_point give_up) {
  if (followed_) return;
  followed_ = true;
  Cancellation reading(&request_.cancel);
  std::atomic<bool> done = false;
  Thread guard;
  // Also after an exception, so that the guard's end can be waited for.
  auto dismiss = absl::MakeCleanup([&] {
    done = true;
    request_.watch.Wake();
  });
  const absl::Status guarded = StartThread(
      guard, [&] { Guard(give_up, done, reading); }, [&] { reading.Cancel(); });
  if (!guarded.ok()) {
    request_.observer.Warn(
        absl::StrCat("the log is not complete: ", guarded.message()));
    return;
  }
  kube::LogOptions options;
  options.name_space = request_.name_space;
  options.pod = request_.pod;
  options.container = kube::kKanikoContainer;
  options.has_ended = [this]() -> absl::StatusOr<bool> {
    return request_.watch.Now().IsOver();
  };
  const absl::Status status = kube::FollowLog(
      request_.client, options,
      [&](absl::Time written, absl::string_view line) {
        const std::string readable = ReadableLine(line);
        lines_.Add(readable);
        if (request_.phases != nullptr) {
          request_.phases->Add(readable,
                               node_clock_.Ago(written, clock_.Now()));
        }
        request_.observer.Log(readable);
        return !request_.is_enough || !request_.is_enough(lines_);
      },
      &reading);
  std::move(dismiss).Invoke();
  Join(guard);
  complete_ = status.ok();
  if (!status.ok() && !request_.cancel.cancelled()) {
    request_.observer.Warn(absl::StrCat(
        "the log is not complete: ",
        reading.cancelled() ? "its node does not answer" : status.message()));
  }
}

}  // namespace ovenbird::build
