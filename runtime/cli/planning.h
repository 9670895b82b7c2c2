// From the command line to a plan: the part that render and build share.
#ifndef OVENBIRD_RUNTIME_CLI_PLANNING_H_
#define OVENBIRD_RUNTIME_CLI_PLANNING_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/build_record.h"
#include "runtime/build/local/executor.h"
#include "runtime/cli/choice.h"
#include "runtime/cli/options.h"
#include "runtime/cli/project.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::cli {

// A plan and what it was made from.
struct Planned {
  std::unique_ptr<config::Loaded> project;
  registry::DockerConfig docker_config;
  std::unique_ptr<build::BuildRecords> records;  // of earlier runs
  Choice choice;
  // Points to `docker_config` and `reached`.
  build::ExecutorSources executors;
  build::ReachedRegistries reached;
  plan::Plan plan;
  // Of `doctor` alone, which goes on after problems that end other verbs: what
  // was reported, without errors of the user's files; why the engines are not
  // those of a build; why there is no plan; and that nodes are listed.
  std::vector<diag::Diagnostic> problems;
  absl::Status engine_problem;
  absl::Status plan_problem;
  bool lists_nodes = false;
};

// Called after the config was checked and before the plan is made, with the
// keys of the images to build: hooks may write files that these need. Returns
// false, with the exit code set, to stop.
using BeforePlan =
    std::function<bool(const config::Loaded& project,
                       const std::vector<std::string>& images, int& exit_code)>;

// Called with each plan, which is freed then: see PlanOptions::take.
using TakePlan = std::function<void(plan::ImagePlan&)>;

// Shows users what is not a problem of their files.
struct PlanMessages {
  std::function<void(absl::string_view text)> show_error = ShowError;
  std::function<void(absl::string_view text)> show_note = ShowNote;
};

// Loads the config, chooses the engines, checks and plans; shows all problems.
// Returns null, with `exit_code` set, if there is nothing to build. `before`,
// `cancel` and `take` may be null.
std::unique_ptr<Planned> PlanProject(const Options& options, int& exit_code,
                                     const BeforePlan& before = nullptr,
                                     Cancellation* cancel = nullptr,
                                     const TakePlan& take = nullptr,
                                     const PlanMessages& messages = {});

// Plans as `build` does, but asks neither registries nor credential helpers,
// and reads no secrets; reports problems to `problems`, which must have no
// errors. Sets `lists_nodes`, which may be null, if the platform of the nodes
// matters to a Dockerfile. Returns the errors of MakePlan.
absl::StatusOr<plan::Plan> PlanOffline(config::Loaded& project,
                                       const Options& options,
                                       diag::Sink& problems,
                                       bool* lists_nodes = nullptr);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_PLANNING_H_
