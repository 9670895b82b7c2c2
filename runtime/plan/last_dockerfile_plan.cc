#include "runtime/plan/last_dockerfile_plan.h"

#include <optional>
#include <utility>

#include "absl/algorithm/container.h"

namespace ovenbird::plan {

std::shared_ptr<const DockerfilePlan> LastDockerfilePlan::Plan(
    DockerfileRequest request, diag::Sink& sink) {
  if (IsFor(request)) return plan_;
  plan_ = nullptr;
  asked_.clear();
  if (request.base_image != nullptr) {
    request.base_image = [this, ask = std::move(request.base_image)](
                             const BaseQuestion& question) {
      asked_.push_back({question, ask(question)});
      return asked_.back().answer;
    };
  }
  diag::Collector problems;
  std::optional<DockerfilePlan> made = PlanDockerfile(request, problems);
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    sink.Handle(problem);
  }
  if (!made) return nullptr;
  auto plan = std::make_shared<const DockerfilePlan>(*std::move(made));
  if (problems.diagnostics().empty() && request.secrets.empty()) {
    inputs_ = std::move(request);
    plan_ = plan;
  }
  return plan;
}

bool LastDockerfilePlan::IsFor(const DockerfileRequest& request) const {
  return plan_ != nullptr && request.secrets.empty() && inputs_ == request &&
         absl::c_all_of(asked_, [&](const Asked& asked) {
           const BaseAnswer answer = request.base_image == nullptr
                                         ? BaseAnswer()
                                         : request.base_image(asked.question);
           return answer.image == asked.answer.image &&
                  answer.problem == asked.answer.problem;
         });
}

}  // namespace ovenbird::plan
