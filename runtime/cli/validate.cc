#include <iostream>
#include <memory>

#include "absl/status/status.h"
#include "runtime/build/dockerfile_plan.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/check.h"

namespace ovenbird::cli {

int Validate(const Options& options) {
  diag::Collector problems;
  int exit_code = 0;
  std::unique_ptr<config::Loaded> project =
      OpenProject(options, problems, exit_code);
  if (project == nullptr) return exit_code;
  kube::CheckForEngine(project->config, "", problems);
  absl::Status read =
      build::CheckDockerfiles(*project, EnvironmentVariable, problems);
  if (!ShowProblems(problems, options)) return 2;
  if (!read.ok()) {
    ShowError(read.message());
    return 3;
  }
  size_t images = project->config.images.size();
  std::cerr << project->file.name() << ": good, " << images
            << (images == 1 ? " image\n" : " images\n");
  return 0;
}

}  // namespace ovenbird::cli
