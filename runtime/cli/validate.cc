#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/check.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/plan.h"

namespace ovenbird::cli {
namespace {

// What a hook may still put right, as it runs before the files are looked at.
bool MayBeMadeByHook(const diag::Diagnostic& problem) {
  static constexpr absl::string_view kIds[] = {
      "copy-source-missing", "missing-context", "missing-dockerfile"};
  return std::find(std::begin(kIds), std::end(kIds), problem.rule->id) !=
         std::end(kIds);
}

plan::PlanOptions CheckOptions(const config::Config& config) {
  plan::PlanOptions options;
  options.only_check = true;
  options.keep_files = false;
  options.environment = EnvironmentVariable;
  for (const auto& [key, image] : config.images) {
    options.builders[key] = plan::WantedBuilder(image);
  }
  return options;
}

}  // namespace

int Validate(const Options& options) {
  diag::Collector problems;
  int exit_code = kExitGood;
  std::unique_ptr<config::Loaded> project =
      OpenProject(options, problems, exit_code);
  if (project == nullptr) return exit_code;
  const config::Config& config = project->config;
  kube::CheckForEngine(config, "", problems);
  diag::Collector of_files;
  const absl::StatusOr<plan::Plan> plan =
      plan::MakePlan(*project, CheckOptions(config), of_files);
  bool left_to_hooks = false;
  for (const diag::Diagnostic& problem : of_files.diagnostics()) {
    if (!config.hooks.empty() && MayBeMadeByHook(problem)) {
      left_to_hooks = true;
    } else {
      problems.Handle(problem);
    }
  }
  if (!ShowProblems(problems, options)) return kExitUsage;
  if (!plan.ok()) {
    ShowError(plan.status().message());
    return kExitEnvironment;
  }
  const size_t images = config.images.size();
  std::cerr << project->file.name() << ": valid, " << images
            << (images == 1 ? " image" : " images")
            << (left_to_hooks
                    ? "; some files are missing, unless a hook creates them"
                    : "")
            << "\n";
  return kExitGood;
}

}  // namespace ovenbird::cli
