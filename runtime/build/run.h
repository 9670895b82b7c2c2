// Builds the images of a plan: hooks, several at a time, results.
#ifndef OVENBIRD_RUNTIME_BUILD_RUN_H_
#define OVENBIRD_RUNTIME_BUILD_RUN_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/build/engine.h"
#include "runtime/build/hooks.h"
#include "runtime/build/observer.h"
#include "runtime/build/plan.h"
#include "runtime/build/result.h"

namespace ovenbird::build {

struct RunOptions {
  int jobs = 1;
  HookRun hooks;
  // Called once for each image, in the thread that builds it.
  std::function<Observer*(const ImagePlan&)> observe;
  Cancellation* cancel = nullptr;  // never null
};

// In the plan's order. After a failure no further image is started; those that
// are being built go on to their end and keep their results.
std::vector<ImageResult> Run(const Plan& plan, Engine& engine,
                             const RunOptions& options);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_RUN_H_
