// Warns about parts of a Dockerfile that kaniko silently does not follow.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_LINT_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_LINT_H_

#include <string>
#include <vector>

#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// The executor and the options of the build.
struct LintOptions {
  std::string executor_image;  // "gcr.io/kaniko-project/executor:v0.17.1"
  std::string snapshot_mode;   // "time", "full", "redo"
  // The stages that are built (Resolution::stages).
  std::vector<int> stages;
  // The Dockerfile is rewritten: gaps that rewriting closes or reports itself
  // are not reported here.
  bool rewritten = false;
  // The build has secrets for RUN --mount.
  bool has_secrets = false;
};

// Reports as warnings only; --strict makes them errors elsewhere.
void Lint(const Dockerfile& dockerfile, const LintOptions& options,
          diag::Sink& sink);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_LINT_H_
