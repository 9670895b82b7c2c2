#include "runtime/build/run.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"

namespace ovenbird::build {
namespace {

ImageResult NotStarted(const ImagePlan& image, const Engine& engine) {
  ImageResult result;
  result.key = image.key;
  result.image = image.spec.image;
  result.tags = image.spec.tags;
  result.engine = std::string(engine.name());
  return result;
}

Failure Skipped(const Cancellation& cancel) {
  Failure failure;
  failure.kind =
      cancel.cancelled() ? FailureKind::kInterrupted : FailureKind::kBuild;
  failure.what = cancel.cancelled() ? "interrupted"
                                    : "not started, because another one failed";
  return failure;
}

void BuildOne(const ImagePlan& image, Engine& engine, const RunOptions& options,
              ImageResult& result) {
  absl::Time start = absl::Now();
  Observer* observer = options.observe(image);
  std::optional<Failure> failure =
      RunHooks(options.hooks, HookTime::kBefore, image.key);
  if (!failure) {
    Outcome outcome = engine.Build(image, *observer, *options.cancel);
    result.digest = std::move(outcome.digest);
    result.warnings = std::move(outcome.warnings);
    failure = std::move(outcome.failure);
  }
  if (!failure) failure = RunHooks(options.hooks, HookTime::kAfter, image.key);
  result.failure = std::move(failure);
  result.duration = absl::Now() - start;
}

void FailAll(const Failure& failure, std::vector<ImageResult>& results) {
  for (ImageResult& result : results) {
    if (!result.failure) result.failure = failure;
  }
}

}  // namespace

std::vector<ImageResult> Run(const Plan& plan, Engine& engine,
                             const RunOptions& options) {
  std::vector<ImageResult> results;
  for (const auto& image : plan.images) {
    results.push_back(NotStarted(*image, engine));
  }
  if (std::optional<Failure> failure =
          RunHooks(options.hooks, HookTime::kBefore, "all")) {
    FailAll(*failure, results);
    return results;
  }
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  auto work = [&] {
    for (size_t i = next++; i < results.size(); i = next++) {
      if (failed || options.cancel->cancelled()) {
        results[i].failure = Skipped(*options.cancel);
        continue;
      }
      BuildOne(*plan.images[i], engine, options, results[i]);
      if (results[i].failure) failed = true;
    }
  };
  std::vector<std::thread> threads;
  size_t jobs = std::min<size_t>(std::max(options.jobs, 1), results.size());
  for (size_t i = 0; i < jobs; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  if (!failed) {
    if (std::optional<Failure> failure =
            RunHooks(options.hooks, HookTime::kAfter, "all")) {
      FailAll(*failure, results);
    }
  }
  return results;
}

}  // namespace ovenbird::build
