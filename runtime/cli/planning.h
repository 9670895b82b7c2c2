// From the command line to a plan; what render and build share.
#ifndef OVENBIRD_RUNTIME_CLI_PLANNING_H_
#define OVENBIRD_RUNTIME_CLI_PLANNING_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/cancellation.h"
#include "runtime/build/build_record.h"
#include "runtime/build/local/executor.h"
#include "runtime/cli/choice.h"
#include "runtime/cli/options.h"
#include "runtime/config/load.h"
#include "runtime/plan/plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::cli {

struct Planned {
  std::unique_ptr<config::Loaded> project;
  registry::DockerConfig docker_config;
  std::unique_ptr<build::BuildRecords> records;  // of earlier runs
  Choice choice;
  // Its docker_config is the one here.
  build::ExecutorSources executors;
  build::ReachedRegistries reached;
  plan::Plan plan;
};

// What happens between the check of the config and the plan, with the keys of
// the images that are to be built: hooks may write files that these need. False
// (and the exit code is set): go on with nothing.
using BeforePlan =
    std::function<bool(const config::Loaded& project,
                       const std::vector<std::string>& images, int& exit_code)>;

// Loads, chooses, checks and plans; shows all problems. Null, with `exit_code`
// set, when there is nothing to go on with. `before` and `cancel` may be null.
std::unique_ptr<Planned> PlanProject(const Options& options, int& exit_code,
                                     const BeforePlan& before = nullptr,
                                     Cancellation* cancel = nullptr);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_PLANNING_H_
