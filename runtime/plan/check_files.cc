#include "runtime/plan/check_files.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/string_view.h"
#include "runtime/base/environment.h"
#include "runtime/plan/plan.h"

namespace ovenbird::plan {
namespace {

// What a hook may still put right, as it runs before the files are looked at.
bool MayBeMadeByHook(const diag::Diagnostic& problem) {
  static constexpr absl::string_view kIds[] = {
      "copy-source-missing", "missing-context", "missing-dockerfile"};
  return std::find(std::begin(kIds), std::end(kIds), problem.rule->id) !=
         std::end(kIds);
}

}  // namespace

absl::StatusOr<bool> CheckFiles(config::Loaded& project, const FileCheck& check,
                                diag::Sink& problems) {
  PlanOptions options;
  options.only_check = true;
  options.keep_files = false;
  options.environment = EnvironmentVariable;
  options.images = check.images;
  options.builders = check.builders;
  options.folders = check.folders;
  options.secrets = check.secrets;
  options.check_secrets = true;
  options.secret_values = SecretValues::kLookFor;
  options.home = EnvironmentOrEmpty("HOME");
  options.take = [](ImagePlan&) {};  // Nobody builds them.
  diag::Collector of_files;
  const absl::Status planned = MakePlan(project, options, of_files).status();
  bool left_to_hooks = false;
  for (const diag::Diagnostic& problem : of_files.diagnostics()) {
    if (!project.config.hooks.empty() && MayBeMadeByHook(problem)) {
      left_to_hooks = true;
    } else {
      problems.Handle(problem);
    }
  }
  if (!planned.ok()) return planned;
  return left_to_hooks;
}

}  // namespace ovenbird::plan
