#include "runtime/build/push_checking_engine.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/build/timeline.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/manifest.h"
#include "runtime/registry/cloud_registries.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/push.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

// What is asked for one image, and with what.
struct Question {
  std::string domain;
  std::vector<std::string> images;
  registry::DockerConfig docker_config;
  bool same_logins = false;  // as the build itself
  bool has_login = false;
};

// None: nothing is pushed, or there is nothing that could be asked for.
std::optional<Question> QuestionFor(const plan::ImagePlan& plan,
                                    Cancellation& cancel) {
  if (plan.builder != plan::Builder::kCustom && !plan::PushesImage(plan)) {
    return std::nullopt;
  }
  Question question;
  question.images = kube::TaggedNames(plan.spec);
  absl::StatusOr<registry::Reference> reference =
      registry::ParseReference(plan.spec.image);
  if (!reference.ok()) return std::nullopt;
  question.domain = reference->domain;
  question.same_logins =
      plan.builder == plan::Builder::kDocker || kube::UsesOurLogin(plan.spec);
  if (plan.spec.docker_config.empty()) return question;
  absl::StatusOr<registry::DockerConfig> config =
      registry::DockerConfig::Parse(plan.spec.docker_config, "the credentials");
  if (!config.ok()) return std::nullopt;
  question.docker_config = *std::move(config);
  absl::StatusOr<registry::CredentialsLookup> login =
      question.docker_config.Find(question.domain, &cancel);
  question.has_login = login.ok() && login->credentials.has_value();
  return question;
}

// The answer from here would be the one that the build gets.
bool IsConclusive(const Question& question, const plan::ImagePlan& plan) {
  if (!question.same_logins || plan.builder == plan::Builder::kCustom)
    return false;
  if (question.has_login || plan.builder == plan::Builder::kDocker) return true;
  return plan.kaniko->service_account.empty() &&
         !registry::HasLoginOfItsOwn(question.domain);
}

registry::PushOptions PushOptionsFor(const Question& question,
                                     const plan::ImagePlan& plan,
                                     Cancellation& cancel) {
  registry::PushOptions options;
  options.docker_config = &question.docker_config;
  options.insecure = plan.kaniko->insecure;
  options.cancel = &cancel;
  return options;
}

Failure Refused(const absl::Status& status) {
  Failure failure;
  failure.kind = FailureKind::kBuild;
  failure.what = absl::StrCat("the registry does not accept the image: ",
                              status.message());
  failure.hint =
      "fix the credentials or the image's name; use --skip-push-check to build "
      "anyway";
  return failure;
}

Failure NotThere(const absl::Status& status) {
  Failure failure;
  failure.kind = FailureKind::kBuild;
  failure.what = absl::StrCat("the built image is not in the registry: ",
                              status.message());
  failure.hint =
      "check what is between the build and the registry (a proxy, a mirror, a "
      "cleanup job); use --no-verify to skip this check";
  return failure;
}

}  // namespace

bool PushCheckingEngine::IsOutOfReach(const std::string& domain) {
  MutexLock lock(&mutex_);
  return out_of_reach_.count(domain) > 0;
}

void PushCheckingEngine::Note(const std::string& domain,
                              const absl::Status& status) {
  if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) return;
  MutexLock lock(&mutex_);
  out_of_reach_.insert(domain);
}

Outcome PushCheckingEngine::RunCommand(const plan::ImagePlan& plan,
                                       const std::vector<std::string>& images,
                                       const registry::PushOptions& push,
                                       Observer& observer,
                                       Cancellation& cancel) {
  const std::string before = registry::DigestOfAll(images, push).value_or("");
  Outcome outcome = engine_->Build(plan, observer, cancel);
  if (outcome.failure) return outcome;
  outcome.digest = registry::DigestOfAll(images, push).value_or("");
  if (!before.empty() && outcome.digest == before) {
    observer.Step("the registry has the same image as before the command");
  }
  return outcome;
}

Outcome PushCheckingEngine::Build(const plan::ImagePlan& plan,
                                  Observer& observer, Cancellation& cancel) {
  std::optional<Question> question = QuestionFor(plan, cancel);
  if (question && engine_->NameFor(plan) == "kubernetes" &&
      registry::IsLoopback(question->domain)) {
    question.reset();  // In the pod that is another machine.
  }
  if (!question) return engine_->Build(plan, observer, cancel);
  const registry::PushOptions push = PushOptionsFor(*question, plan, cancel);
  if (options_.before && IsConclusive(*question, plan) &&
      !IsOutOfReach(question->domain)) {
    observer.Enter({.kind = PhaseKind::kCheck, .text = question->domain});
    const absl::Status status = registry::CheckPushTo(question->images, push);
    Note(question->domain, status);
    if (registry::IsRefusal(status)) {
      Outcome outcome;
      outcome.failure = Refused(status);
      return outcome;
    }
  }
  if (plan.builder == plan::Builder::kCustom) {
    return RunCommand(plan, question->images, push, observer, cancel);
  }
  Outcome outcome = engine_->Build(plan, observer, cancel);
  if (!options_.after || outcome.failure) return outcome;
  if (outcome.digest.empty()) {
    outcome.warnings.emplace_back(
        "the build reported no digest: the image in the registry is not "
        "verified");
    return outcome;
  }
  if (IsOutOfReach(question->domain)) {
    observer.Step(absl::StrCat("not verified: ", question->domain,
                               " is unreachable from this machine"));
    return outcome;
  }
  observer.Enter({.kind = PhaseKind::kVerify, .text = question->domain});
  const absl::Status status = registry::VerifyPushed(
      question->images, outcome.digest, push, &outcome.image_bytes);
  Note(question->domain, status);
  if (absl::IsAborted(status)) {
    outcome.warnings.emplace_back(status.message());
  } else if (absl::IsDataLoss(status) || absl::IsNotFound(status)) {
    outcome.failure = NotThere(status);
  } else if (!status.ok()) {
    observer.Step(absl::StrCat("not verified: ", status.message()));
  }
  return outcome;
}

}  // namespace ovenbird::build
