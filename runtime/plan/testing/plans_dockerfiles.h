// A fixture for tests of what a Dockerfile means for its build.
#ifndef OVENBIRD_RUNTIME_PLAN_TESTING_PLANS_DOCKERFILES_H_
#define OVENBIRD_RUNTIME_PLAN_TESTING_PLANS_DOCKERFILES_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/dockerfile_plan.h"
#include "runtime/plan/dockerfile_request.h"
#include "runtime/plan/secrets.h"

namespace ovenbird::plan::testing {

// A test that plans Dockerfiles. A test sets what differs from the default, and
// calls Make().
class PlansDockerfiles : public ::testing::Test {
 protected:
  // Plans the Dockerfile; its problems are in `problems_`.
  std::optional<DockerfilePlan> Make(const std::string& text) {
    file_.emplace("Dockerfile", text);
    DockerfileRequest request;
    request.key = "app";
    SetImage(image_, request);
    request.target = options_.target;
    request.options_source = options_.source;
    request.build_args = build_args_;
    request.file = &*file_;
    request.onbuild = onbuild_;
    request.secrets = secrets_;
    request.check_secrets = true;
    if (kaniko_ != nullptr) {
      request.kaniko = KanikoInputsOf(*kaniko_, kaniko_->image);
    }
    request.executor = executor_;
    request.listing = listing_;
    request.base_image = base_image_;
    request.platform = platform_;
    request.is_for_platform = is_for_platform_;
    problems_ = {};
    return PlanDockerfile(request, problems_);
  }

  // Returns the IDs of the problems, in the order of the file.
  std::vector<std::string> Problems() const {
    std::vector<std::string> ids;
    for (const diag::Diagnostic& problem : problems_.Sorted()) {
      ids.push_back(problem.rule->id);
    }
    return ids;
  }

  config::Image image_;
  config::BuildOptions options_;
  std::vector<std::pair<std::string, std::string>> build_args_;
  std::function<std::optional<std::vector<std::string>>(absl::string_view)>
      onbuild_;
  std::vector<GivenSecret> secrets_;
  const config::Kaniko* kaniko_ = nullptr;
  std::string executor_;
  AskBaseImage base_image_;
  std::string platform_;
  bool is_for_platform_ = false;
  const context::Listing* listing_ = nullptr;
  std::optional<SourceFile> file_;
  diag::Collector problems_;
};

}  // namespace ovenbird::plan::testing

#endif  // OVENBIRD_RUNTIME_PLAN_TESTING_PLANS_DOCKERFILES_H_
