// Around the engines: the registry is asked whether it takes the image before
// anything is sent to build it, and afterwards whether it has what was built.
#ifndef OVENBIRD_RUNTIME_BUILD_PUSH_CHECKING_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_PUSH_CHECKING_ENGINE_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/base/mutex.h"
#include "runtime/build/engine.h"
#include "runtime/registry/push.h"

namespace ovenbird::build {

// Which checks to perform.
struct PushCheckOptions {
  bool before = true;
  bool after = true;
};

// Checks the push around another engine. A registry that this machine cannot
// reach, or that rejects it, is not a failure: the build may have a different
// network.
class PushCheckingEngine : public Engine {
 public:
  PushCheckingEngine(std::unique_ptr<Engine> engine, PushCheckOptions options)
      : engine_(std::move(engine)), options_(options) {}
  absl::string_view NameFor(const plan::ImagePlan& plan) const override {
    return engine_->NameFor(plan);
  }
  std::optional<Failure> CheckBefore(const plan::ImagePlan& plan,
                                     Cancellation& cancel) override {
    return engine_->CheckBefore(plan, cancel);
  }
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override;

 private:
  // Runs the command of an image; its digest is what the registry has then.
  Outcome RunCommand(const plan::ImagePlan& plan,
                     const std::vector<std::string>& images,
                     const registry::PushOptions& push, Observer& observer,
                     Cancellation& cancel);
  // Returns whether a request to the registry has failed to connect.
  bool IsOutOfReach(const std::string& domain);
  // Records an unreachable registry after a request: one wait for it is enough.
  void Note(const std::string& domain, const absl::Status& status);

  const std::unique_ptr<Engine> engine_;
  const PushCheckOptions options_;
  Mutex mutex_;
  std::set<std::string> out_of_reach_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_PUSH_CHECKING_ENGINE_H_
