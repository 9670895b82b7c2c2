#include "runtime/build/run.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/steady_time.h"
#include "runtime/build/schedule.h"
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
  for (std::string& platform : plan::PlatformNames(image)) {
    result.platforms.push_back({std::move(platform), ""});
  }
  return result;
}

class Runner {
 public:
  Runner(const plan::Plan& plan, Engine& engine, const RunOptions& options,
         Cancellation& cancel)
      : plan_(plan), engine_(engine), options_(options), cancel_(cancel) {}

  RunResult Run() {
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
      ImageResult& result = result_.images[image];
      try {
        BuildOne(*plan_.images[image], result);
      } catch (const std::exception& error) {
        result.failure = FromException(error);
      }
      TellTheEnd(result);
      return !result.failure.has_value();
    });
    WriteRecords();
    for (size_t i = 0; i < ends.size(); ++i) {
      if (!result_.images[i].failure) {
        result_.images[i].failure = WhyNotStarted(ends[i]);
      }
    }
    if (std::none_of(result_.images.begin(), result_.images.end(),
                     [](const ImageResult& one) { return one.failure; })) {
      result_.failure =
          RunHooks(options_.hooks, HookTime::kAfter, {kAllImages});
    }
    return std::move(result_);
  }

 private:
  // What was built stays built, even without the memory to show it.
  void TellTheEnd(const ImageResult& result) const {
    if (!options_.on_end) return;
    try {
      options_.on_end(result);
    } catch (const std::exception&) {
    }
  }

  void BuildOne(const plan::ImagePlan& image, ImageResult& result) {
    const absl::Time start = SteadyNow();
    Observer& observer = *options_.observe(image);
    Texts bases;
    if (IsUnchanged(image, observer, bases, result)) {
      result.skipped = true;
    } else {
      Outcome outcome = Build(image, observer);
      result.digest = std::move(outcome.digest);
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
    result.duration = SteadyNow() - start;
  }

  // One build at a time has a volume that outlives it.
  Outcome Build(const plan::ImagePlan& image, Observer& observer) {
    Outcome outcome;
    volumes_.With(
        plan::SharedVolumes(image.spec.run_mounts),
        [&](const std::string& name) {
          observer.Step(absl::StrCat("waiting for the cache volume `", name,
                                     "`, which another build uses"));
        },
        [&] { outcome = engine_.Build(image, observer, cancel_); });
    return outcome;
  }

  // Their output is part of the image's own.
  std::optional<Failure> RunHooksAfter(const plan::ImagePlan& image,
                                       Observer& observer) const {
    HookRun hooks = options_.hooks;
    hooks.on_line = [&observer](absl::string_view, absl::string_view line) {
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

  std::optional<Failure> WhyNotStarted(const TaskEnd& end) const {
    if (end.kind == TaskEnd::kNotStarted && cancel_.cancelled()) {
      return Interrupted();
    }
    Failure failure;
    failure.kind = FailureKind::kBuild;
    switch (end.kind) {
      case TaskEnd::kDone:
      case TaskEnd::kFailed:
        return std::nullopt;
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
  VolumeLocks volumes_;
  RunResult result_;
};

}  // namespace

RunResult Run(const plan::Plan& plan, Engine& engine, const RunOptions& options,
              Cancellation& cancel) {
  return Runner(plan, engine, options, cancel).Run();
}

}  // namespace ovenbird::build
