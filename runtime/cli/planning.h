// From the command line to a plan; what render and build share.
#ifndef OVENBIRD_RUNTIME_CLI_PLANNING_H_
#define OVENBIRD_RUNTIME_CLI_PLANNING_H_

#include <memory>

#include "runtime/build/plan.h"
#include "runtime/cli/options.h"
#include "runtime/config/load.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::cli {

struct Planned {
  std::unique_ptr<config::Loaded> project;
  registry::DockerConfig docker_config;
  build::Plan plan;
};

// Loads, checks and plans; shows all problems. Null, with `exit_code` set, when
// there is nothing to go on with.
std::unique_ptr<Planned> MakePlan(const Options& options, int& exit_code);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_PLANNING_H_
