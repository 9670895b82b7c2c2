// What kaniko silently does not do as the Dockerfile says.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_LINT_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_LINT_H_

#include <string>
#include <vector>

#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

struct LintOptions {
  std::string executor_image;  // "gcr.io/kaniko-project/executor:v0.17.1"
  std::string snapshot_mode;   // "time", "full", "redo"
  // Stages that take part (Resolution::stages).
  std::vector<int> stages;
  // Rewriting closes gaps or reports them itself; they are not looked for.
  bool rewritten = false;
};

// Warnings only; --strict makes them errors elsewhere.
void Lint(const Dockerfile& dockerfile, const LintOptions& options,
          diag::Sink& sink);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_LINT_H_
