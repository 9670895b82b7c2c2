#include "runtime/build/docker/docker_engine.h"

#include <deque>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/build/docker/docker_phases.h"
#include "runtime/build/open_context.h"
#include "runtime/build/timeline.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::build {
namespace {

constexpr size_t kLastLines = 10;

DockerBuild BuildOf(const plan::ImagePlan& plan) {
  DockerBuild build;
  build.images = kube::TaggedNames(plan.spec);
  build.dockerfile = plan.spec.dockerfile;
  build.target = plan.spec.target;
  if (plan.docker->options) build.network = plan.docker->options->network;
  if (plan.spec.platform) build.platform = plan.spec.platform->ToString();
  build.build_args = plan.spec.build_args;
  build.secrets = plan.spec.secrets;
  build.args = plan.docker->args;
  build.use_build_kit = plan.docker->use_build_kit;
  build.skip_push = plan.spec.skip_push;
  return build;
}

// Why Docker cannot have one of the secrets; "": it can.
std::string SecretProblem(const plan::ImagePlan& plan) {
  for (const kube::BuildSecret& secret : plan.spec.secrets) {
    if (secret.secret_name.empty()) continue;
    return absl::StrCat("the build secret `", secret.id, "` is in the Secret `",
                        secret.secret_name,
                        "` of the cluster, which Docker does not have; use "
                        "`--secret id=",
                        secret.id, ",src=FILE`");
  }
  return "";
}

}  // namespace

Outcome DockerEngine::Build(const plan::ImagePlan& plan, Observer& observer,
                            Cancellation& cancel) {
  Outcome outcome;
  if (std::string problem = SecretProblem(plan); !problem.empty()) {
    outcome.failure = FromStatus(absl::FailedPreconditionError(problem));
    return outcome;
  }
  DockerBuild build = BuildOf(plan);
  if (auto found = environments_.find(plan.key); found != environments_.end()) {
    build.env = found->second;
  }
  std::deque<std::string> last;
  DockerPhases phases(observer);
  build.on_phase = [&](const Phase& phase) { observer.Enter(phase); };
  build.open_context = [&] { return OpenContext(plan, observer); };
  build.on_step = [&](absl::string_view text) { observer.Step(text); };
  build.on_log = [&](absl::string_view line) {
    last.emplace_back(line);
    if (last.size() > kLastLines) last.pop_front();
    phases.Add(line);
    observer.Log(line);
  };
  build.cancel = &cancel;
  std::unique_ptr<MutexLock> turn;
  if (plan.spec.platform) {
    observer.Enter({.kind = PhaseKind::kWait, .text = "other platforms"});
    turn = std::make_unique<MutexLock>(&platform_mutex_);
  }
  observer.Enter({.kind = PhaseKind::kBuild});
  absl::StatusOr<DockerResult> result = BuildWithDocker(build);
  turn.reset();
  if (!result.ok()) {
    outcome.failure = FromStatus(result.status());
  } else if (result->exit_code != 0) {
    Failure failure;
    failure.kind = FailureKind::kBuild;
    failure.what = absl::StrCat("`", result->command, "` exited with code ",
                                result->exit_code);
    failure.details.assign(last.begin(), last.end());
    outcome.failure = std::move(failure);
  } else {
    outcome.digest = result->digest;
  }
  return outcome;
}

}  // namespace ovenbird::build
