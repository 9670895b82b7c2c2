// Builds the images of a plan: several at a time, in their order, with the
// hooks around them.
#ifndef OVENBIRD_RUNTIME_BUILD_RUN_H_
#define OVENBIRD_RUNTIME_BUILD_RUN_H_

#include <functional>

#include "runtime/base/cancellation.h"
#include "runtime/build/engine.h"
#include "runtime/build/hooks.h"
#include "runtime/build/observer.h"
#include "runtime/build/result.h"
#include "runtime/build/timeline.h"
#include "runtime/build/unchanged.h"
#include "runtime/plan/plan.h"

namespace ovenbird::build {

// How to build the images of a plan.
struct RunOptions {
  int jobs = 1;
  // After a failure, build all images that do not start from a failed one. Else
  // no further image is started. Running builds continue in both cases and keep
  // their results.
  bool keep_going = false;
  // Finds images that need not be built. Null: all are built.
  UnchangedImages* unchanged = nullptr;
  // Report why each image is built.
  bool explain = false;
  HookRun hooks;
  // The clock of the results. Null: one that starts with the call.
  const RunClock* clock = nullptr;
  // Called once for each image that is started, in the thread that builds it.
  std::function<Observer*(const plan::ImagePlan&)> observe;
  // Called once for each image that was started, with its result, in the same
  // thread. May be null.
  std::function<void(const ImageResult&)> on_end;
};

// Builds the images and returns the results in the plan's order. Hooks after an
// image run if it was built; hooks after all images run if nothing has failed.
// Hooks before images may write files that a build needs, so they must run
// before the plan is made.
RunResult Run(const plan::Plan& plan, Engine& engine, const RunOptions& options,
              Cancellation& cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_RUN_H_
