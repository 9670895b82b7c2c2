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
#include "runtime/build/unchanged.h"
#include "runtime/plan/plan.h"

namespace ovenbird::build {

struct RunOptions {
  int jobs = 1;
  // After a failure: build all images that do not start from a failed one.
  // Else no further image is started. Those that are being built go on to
  // their end in both cases and keep their results.
  bool keep_going = false;
  // Leaves images out that need not be built. Null: all are built.
  UnchangedImages* unchanged = nullptr;
  // Say of each image that is built why.
  bool explain = false;
  HookRun hooks;
  // Called once for each image that is started, in the thread that builds it.
  std::function<Observer*(const plan::ImagePlan&)> observe;
};

// Results in the plan's order. Hooks that run after an image run when it was
// built, not when it was left out; those after all images when nothing has
// failed. Hooks before images may write files that a build needs, so they have
// to be run before the plan is made.
RunResult Run(const plan::Plan& plan, Engine& engine, const RunOptions& options,
              Cancellation& cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_RUN_H_
