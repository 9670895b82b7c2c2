#include "runtime/build/run.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/ignore_exceptions.h"
#include "runtime/build/schedule.h"
#include "runtime/build/timeline.h"
#include "runtime/build/volume_locks.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/cache_volumes.h"

namespace ovenbird::build {
namespace {

ImageResult NotStarted(const plan::ImagePlan& image, const Engine& engine) {
  ImageResult result;
  result.key = image.key;
  result.image = image.spec.image;
  result.tags = image.spec.tags;
  result.pushed =
      image.builder == plan::Builder::kCustom || plan::PushesImage(image);
  result.engine = std::string(engine.NameFor(image));
  if (result.engine == "kubernetes" || result.engine == "local") {
    result.executor =
        image.spec.executor.empty() ? image.kaniko->image : image.spec.executor;
  }
  for (std::string& platform : plan::PlatformNames(image)) {
    result.platforms.push_back({std::move(platform), ""});
  }
  return result;
}

// Passes everything on, and records the phases.
class RecordingObserver : public Observer {
 public:
  RecordingObserver(Observer* observer, const RunClock* clock)
      : observer_(observer), recorder_(clock) {}

  void Step(absl::string_view text) override { observer_->Step(text); }
  void Progress(absl::string_view text) override { observer_->Progress(text); }
  void Log(absl::string_view line) override { observer_->Log(line); }
  void Enter(const Phase& phase) override {
    Phase begun = phase;
    begun.start = recorder_.Enter(phase);
    observer_->Enter(begun);
  }
  void Mark(absl::string_view platform, PhaseMark mark) override {
    recorder_.Mark(platform, mark);
    observer_->Mark(platform, mark);
  }
  void Sent(int64_t bytes) override { sent_ += bytes; }
  void Warn(absl::string_view text) override { observer_->Warn(text); }

  TimelineRecorder& recorder() { return recorder_; }
  // Bytes of the context, or nothing if none were sent.
  std::optional<int64_t> sent() const {
    const int64_t sent = sent_;
    if (sent == 0) return std::nullopt;
    return sent;
  }

 private:
  Observer* const observer_;
  TimelineRecorder recorder_;
  std::atomic<int64_t> sent_ = 0;
};

class Runner {
 public:
  Runner(const plan::Plan& plan, Engine& engine, const RunOptions& options,
         Cancellation& cancel)
      : plan_(plan),
        engine_(engine),
        options_(options),
        cancel_(cancel),
        clock_(options.clock == nullptr ? &own_clock_ : options.clock) {}

  RunResult Run() {
    result_.start = clock_->Now();
    std::vector<std::vector<size_t>> after;
    for (const auto& image : plan_.images) {
      result_.images.push_back(NotStarted(*image, engine_));
      after.push_back(image->after);
    }
    ScheduleOptions schedule;
    schedule.jobs = options_.jobs;
    schedule.keep_going = options_.keep_going;
    schedule.cancel = &cancel_;
    std::vector<TaskEnd> ends = RunTasks(after, schedule, [this](size_t image) {
      return BuildAndReport(*plan_.images[image], result_.images[image]);
    });
    WriteRecords();
    for (size_t i = 0; i < ends.size(); ++i) {
      if (!result_.images[i].failure) {
        result_.images[i].failure = WhyNotStarted(ends[i]);
      }
    }
    if (std::none_of(result_.images.begin(), result_.images.end(),
                     [](const ImageResult& one) { return one.failure; })) {
      RunHooksAfterAll();
    }
    result_.end = clock_->Now();
    return std::move(result_);
  }

 private:
  // Returns whether the image is built.
  bool BuildAndReport(const plan::ImagePlan& image, ImageResult& result) {
    std::optional<RecordingObserver> observer;
    result.start = clock_->Now();
    bool is_built = false;
    try {
      observer.emplace(options_.observe(image), clock_);
      NoteWait(image, observer->recorder());
      BuildOne(image, *observer, result);
      is_built = !result.failure.has_value();
    } catch (const std::exception& error) {
      // Without the memory to say so it has failed, too.
      IgnoreExceptions([&] { result.failure = FromException(error); });
    }
    if (observer) {
      result.context_bytes = observer->sent();
      IgnoreExceptions(
          [&] { result.timeline = observer->recorder().Finish(!is_built); });
    }
    Finish(result);
    return is_built;
  }

  // What was built stays built, even without the memory to tell of it.
  void Finish(ImageResult& result) {
    result.end = clock_->Now();
    result.duration = result.end - result.start;
    IgnoreExceptions([&] {
      if (options_.on_end) options_.on_end(result);
    });
  }

  // Of the image that is started now.
  void NoteWait(const plan::ImagePlan& image, TimelineRecorder& recorder) {
    constexpr absl::Duration kShort = absl::Milliseconds(10);
    if (clock_->Now() - result_.start < kShort) return;
    std::vector<std::string> keys;
    for (size_t other : image.after) keys.push_back(plan_.images[other]->key);
    Phase wait;
    wait.kind = PhaseKind::kWait;
    wait.text = absl::StrJoin(keys, ", ");
    recorder.EnterSince(std::move(wait), result_.start);
  }

  void RunHooksAfterAll() {
    TimelineRecorder recorder(clock_);
    HookRun hooks = options_.hooks;
    bool has_begun = false;
    hooks.on_line = [&](absl::string_view subject, absl::string_view line) {
      if (!std::exchange(has_begun, true)) {
        recorder.Enter({.kind = PhaseKind::kHooks});
      }
      options_.hooks.on_line(subject, line);
    };
    result_.failure = RunHooks(hooks, HookTime::kAfter, {kAllImages});
    result_.timeline = recorder.Finish(result_.failure.has_value());
  }

  void BuildOne(const plan::ImagePlan& image, Observer& observer,
                ImageResult& result) {
    Texts bases;
    observer.Enter({.kind = PhaseKind::kCheck});
    if (IsUnchanged(image, observer, bases, result)) {
      result.skipped = true;
    } else {
      Outcome outcome = Build(image, observer);
      result.digest = std::move(outcome.digest);
      result.image_bytes = outcome.image_bytes;
      if (!outcome.platforms.empty()) {
        result.platforms = std::move(outcome.platforms);
      }
      result.warnings = std::move(outcome.warnings);
      result.failure = std::move(outcome.failure);
      if (!result.failure) {
        result.failure = RunHooksAfter(image, observer);
      }
    }
    // The results come at the end, which may be an hour away.
    if (result.failure && plan_.images.size() > 1) {
      observer.Step(absl::StrCat("failed: ", result.failure->what));
    }
    if (!result.failure) Remember(image, bases, result);
  }

  // One build at a time has a volume that outlives it.
  Outcome Build(const plan::ImagePlan& image, Observer& observer) {
    Outcome outcome;
    volumes_.With(
        plan::SharedVolumes(image.spec.run_mounts),
        [&](const std::string& name) {
          observer.Enter({.kind = PhaseKind::kWait,
                          .text = absl::StrCat("cache volume ", name)});
          observer.Step(absl::StrCat("waiting for the cache volume `", name,
                                     "`, which another build uses"));
        },
        [&] {
          observer.Enter({.kind = PhaseKind::kPrepare});
          outcome = engine_.Build(image, observer, cancel_);
        });
    return outcome;
  }

  // Their output is part of the image's own.
  std::optional<Failure> RunHooksAfter(const plan::ImagePlan& image,
                                       Observer& observer) const {
    HookRun hooks = options_.hooks;
    bool has_begun = false;
    hooks.on_line = [&](absl::string_view, absl::string_view line) {
      if (!std::exchange(has_begun, true)) {
        observer.Enter({.kind = PhaseKind::kHooks});
      }
      observer.Log(line);
    };
    return RunHooks(hooks, HookTime::kAfter, {image.key});
  }

  // Those that it is built from have results by now.
  Texts BuiltBases(const plan::ImagePlan& image) const {
    Texts digests;
    for (const plan::PlannedBase& base : image.bases) {
      if (!base.image) continue;
      const std::string& digest = result_.images[*base.image].digest;
      if (!digest.empty()) digests[base.name] = digest;
    }
    return digests;
  }

  // `bases`: what the image is built from, to be remembered.
  bool IsUnchanged(const plan::ImagePlan& image, Observer& observer,
                   Texts& bases, ImageResult& result) {
    if (options_.unchanged == nullptr) return false;
    Decision decision =
        options_.unchanged->Decide(image, BuiltBases(image), cancel_);
    for (const std::string& warning : decision.warnings) observer.Warn(warning);
    bases = std::move(decision.bases);
    result.digest = std::move(decision.digest);
    if (!result.digest.empty()) {
      observer.Step("unchanged, and in the registry: not built");
      return true;
    }
    if (options_.explain) {
      for (const std::string& why : decision.why) {
        observer.Step(absl::StrCat("rebuilding: ", why));
      }
    }
    return false;
  }

  // Also of an unchanged image when files had to be read to know that.
  void Remember(const plan::ImagePlan& image, const Texts& bases,
                ImageResult& result) {
    if (options_.unchanged == nullptr) return;
    if (result.skipped && image.files_read == 0) return;
    const absl::Status status =
        options_.unchanged->Remember(image, bases, result.digest);
    if (status.ok()) return;
    result.warnings.push_back(
        absl::StrCat("the next run will build it again: ", status.message()));
  }

  void WriteRecords() {
    if (options_.unchanged == nullptr || result_.images.empty()) return;
    const absl::Status status = options_.unchanged->WriteRecords();
    if (status.ok()) return;
    result_.images.back().warnings.push_back(absl::StrCat(
        "the next run will build images again: ", status.message()));
  }

  // The kind of the failure because of which the image is not started, so that
  // this does not count for the exit code.
  FailureKind KindOfCause(const TaskEnd& end) const {
    if (end.kind == TaskEnd::kBlocked && result_.images[end.cause].failure) {
      return result_.images[end.cause].failure->kind;
    }
    for (const ImageResult& image : result_.images) {
      if (image.failure) return image.failure->kind;
    }
    return FailureKind::kBuild;
  }

  std::optional<Failure> WhyNotStarted(const TaskEnd& end) const {
    if (end.kind == TaskEnd::kNotStarted && cancel_.cancelled()) {
      return Interrupted();
    }
    Failure failure;
    failure.kind = KindOfCause(end);
    switch (end.kind) {
      case TaskEnd::kDone:
        return std::nullopt;
      case TaskEnd::kFailed:
        return FromException(std::bad_alloc());
      case TaskEnd::kBlocked:
        failure.what =
            absl::StrCat("not started, because it is built from image `",
                         plan_.images[end.cause]->key, "`, which failed");
        return failure;
      case TaskEnd::kNotStarted:
        break;
    }
    failure.what = "not started, because another image failed";
    failure.hint = "use --keep-going to build the other images anyway";
    return failure;
  }

  const plan::Plan& plan_;
  Engine& engine_;
  const RunOptions& options_;
  Cancellation& cancel_;
  const RunClock own_clock_;
  const RunClock* const clock_;
  VolumeLocks volumes_;
  RunResult result_;
};

}  // namespace

RunResult Run(const plan::Plan& plan, Engine& engine, const RunOptions& options,
              Cancellation& cancel) {
  return Runner(plan, engine, options, cancel).Run();
}

}  // namespace ovenbird::build
