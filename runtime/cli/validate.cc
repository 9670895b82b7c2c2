#include <iostream>
#include <memory>

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
  if (!ShowProblems(problems, options)) return 2;
  size_t images = project->config.images.size();
  std::cerr << project->file.name() << ": good, " << images
            << (images == 1 ? " image\n" : " images\n");
  return 0;
}

}  // namespace ovenbird::cli
