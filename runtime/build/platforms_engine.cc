#include "runtime/build/platforms_engine.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/thread.h"
#include "runtime/build/timeline.h"
#include "runtime/kube/build_spec.h"
#include "runtime/plan/cache_volumes.h"
#include "runtime/registry/index.h"
#include "runtime/registry/push.h"

namespace ovenbird::build {
namespace {

// Puts the platform before each line. The builds share the image's observer,
// which is for one thread.
class PlatformObserver : public Observer {
 public:
  PlatformObserver(Observer& observer, Mutex& mutex, std::string platform)
      : observer_(observer), mutex_(mutex), platform_(std::move(platform)) {}

  void Step(absl::string_view text) override {
    MutexLock lock(&mutex_);
    observer_.Step(Marked(text));
  }
  void Progress(absl::string_view text) override {
    MutexLock lock(&mutex_);
    observer_.Progress(text.empty() ? "" : Marked(text));
  }
  void Log(absl::string_view line) override {
    MutexLock lock(&mutex_);
    observer_.Log(Marked(line));
  }
  void Enter(const Phase& phase) override {
    Phase marked = phase;
    marked.platform = platform_;
    MutexLock lock(&mutex_);
    observer_.Enter(marked);
  }
  void Mark(absl::string_view, PhaseMark mark) override {
    MutexLock lock(&mutex_);
    observer_.Mark(platform_, mark);
  }
  void Sent(int64_t bytes) override { observer_.Sent(bytes); }
  void Warn(absl::string_view text) override {
    MutexLock lock(&mutex_);
    observer_.Warn(Marked(text));
  }

 private:
  std::string Marked(absl::string_view text) const {
    return absl::StrCat(platform_, ": ", text);
  }

  Observer& observer_;
  Mutex& mutex_;
  const std::string platform_;
};

Failure OfPlatform(Failure failure, const std::string& platform) {
  failure.what = absl::StrCat(platform, ": ", failure.what);
  return failure;
}

Failure NoIndex(const absl::Status& status) {
  if (absl::IsCancelled(status)) return Interrupted();
  Failure failure;
  failure.kind = FailureKind::kBuild;
  failure.what =
      absl::StrCat("the platforms are built, but their index is not pushed: ",
                   status.message());
  failure.hint =
      "the index is pushed from this machine: it must reach the registry, and "
      "have credentials for it";
  return failure;
}

}  // namespace

std::optional<Failure> PlatformsEngine::CheckBefore(const plan::ImagePlan& plan,
                                                    Cancellation& cancel) {
  if (plan.platforms.empty()) return engine_->CheckBefore(plan, cancel);
  for (const auto& one : plan.platforms) {
    std::optional<Failure> failure = engine_->CheckBefore(*one, cancel);
    if (failure) return failure;
  }
  return std::nullopt;
}

Outcome PlatformsEngine::BuildOne(const plan::ImagePlan& plan,
                                  Observer& observer, Cancellation& cancel) {
  {
    MutexLock lock(&mutex_);
    if (free_jobs_ <= 0) {
      observer.Enter({.kind = PhaseKind::kWait, .text = "other platforms"});
    }
    while (free_jobs_ <= 0) changed_.Wait(&mutex_);
    --free_jobs_;
  }
  // Also after an exception: others wait for it.
  const auto leave = absl::MakeCleanup([this] {
    MutexLock lock(&mutex_);
    ++free_jobs_;
    changed_.SignalAll();
  });
  if (!cancel.cancelled()) return engine_->Build(plan, observer, cancel);
  Outcome outcome;
  outcome.failure = Interrupted();
  return outcome;
}

std::vector<Outcome> PlatformsEngine::BuildAll(const plan::ImagePlan& plan,
                                               Observer& observer,
                                               Cancellation& cancel) {
  std::vector<Outcome> outcomes(plan.platforms.size());
  Mutex mutex;
  const auto build = [&](size_t i) {
    const plan::ImagePlan& one = *plan.platforms[i];
    PlatformObserver platform(observer, mutex, one.spec.platform->ToString());
    try {
      outcomes[i] = BuildOne(one, platform, cancel);
    } catch (const std::exception& error) {
      outcomes[i].failure = FromException(error);
    }
    if (outcomes[i].failure) {
      platform.Step(absl::StrCat("failed: ", outcomes[i].failure->what));
      platform.Mark("", PhaseMark::kFailed);
    }
    platform.Mark("", PhaseMark::kEnded);
  };
  // A volume that outlives the build is for one pod at a time.
  if (!plan::SharedVolumes(plan.spec.run_mounts).empty()) {
    for (size_t i = 0; i < outcomes.size(); ++i) build(i);
    return outcomes;
  }
  std::atomic<bool> failed{false};
  std::vector<Thread> threads(outcomes.size());
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const auto work = [&, i] { build(i); };
    if (!StartThread(threads[i], work, [&] { failed = true; }).ok()) work();
  }
  for (Thread& thread : threads) Join(thread);
  if (failed) throw std::bad_alloc();
  return outcomes;
}

void PlatformsEngine::PushIndex(const plan::ImagePlan& plan, Observer& observer,
                                Cancellation& cancel, Outcome& outcome) const {
  std::vector<registry::PlatformImage> images;
  for (size_t i = 0; i < plan.platforms.size(); ++i) {
    images.push_back(
        {*plan.platforms[i]->spec.platform, outcome.platforms[i].digest});
  }
  observer.Step("pushing the index of the platforms");
  observer.Enter({.kind = PhaseKind::kPush, .text = "the index"});
  registry::PushOptions options;
  options.docker_config = docker_config_;
  options.insecure = plan.kaniko->insecure;
  options.connect_timeout = absl::Seconds(10);
  options.timeout = absl::Seconds(60);
  options.cancel = &cancel;
  absl::StatusOr<std::string> digest =
      registry::PushIndexTo(kube::TaggedNames(plan.spec), images, options);
  if (digest.ok()) {
    outcome.digest = *std::move(digest);
  } else {
    outcome.failure = NoIndex(digest.status());
  }
}

Outcome PlatformsEngine::Build(const plan::ImagePlan& plan, Observer& observer,
                               Cancellation& cancel) {
  Outcome outcome;
  outcome.failure = CheckBefore(plan, cancel);
  if (outcome.failure) return outcome;
  if (plan.platforms.empty()) {
    outcome = BuildOne(plan, observer, cancel);
    if (plan.spec.platform) {
      outcome.platforms = {{plan.spec.platform->ToString(), outcome.digest}};
    }
    return outcome;
  }
  for (Outcome& one : BuildAll(plan, observer, cancel)) {
    const std::string platform =
        plan.platforms[outcome.platforms.size()]->spec.platform->ToString();
    outcome.platforms.push_back({platform, std::move(one.digest)});
    for (const std::string& warning : one.warnings) {
      outcome.warnings.push_back(absl::StrCat(platform, ": ", warning));
    }
    if (one.failure && !outcome.failure) {
      outcome.failure = OfPlatform(*std::move(one.failure), platform);
    }
  }
  if (!outcome.failure && plan::PushesImage(plan)) {
    PushIndex(plan, observer, cancel, outcome);
  }
  return outcome;
}

}  // namespace ovenbird::build
