// One plan for images that are built alike: large configs often have the same
// Dockerfile for each of their images.
#ifndef OVENBIRD_RUNTIME_PLAN_LAST_DOCKERFILE_PLAN_H_
#define OVENBIRD_RUNTIME_PLAN_LAST_DOCKERFILE_PLAN_H_

#include <memory>
#include <vector>

#include "runtime/diag/diagnostic.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/dockerfile_plan.h"
#include "runtime/plan/dockerfile_request.h"

namespace ovenbird::plan {

// Keeps the last plan of a Dockerfile. Not thread-safe.
class LastDockerfilePlan {
 public:
  // Returns the plan as PlanDockerfile does; null if the image cannot be built.
  // Returns the last plan again if `request` has the same inputs and the same
  // base images, no secrets are given, and that plan had no problems to report.
  // `url_status` and `onbuild` must answer as those of the last request; what
  // the inputs point to must outlive this.
  std::shared_ptr<const DockerfilePlan> Plan(DockerfileRequest request,
                                             diag::Sink& sink);

 private:
  // What was asked about a base image, and the answer.
  struct Asked {
    BaseQuestion question;
    BaseAnswer answer;
  };

  bool IsFor(const DockerfileRequest& request) const;

  DockerfileInputs inputs_;
  std::vector<Asked> asked_;
  std::shared_ptr<const DockerfilePlan> plan_;  // null: none can be used again
};

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_LAST_DOCKERFILE_PLAN_H_
