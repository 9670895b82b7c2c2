// What a kaniko executor makes of the newer parts of the Dockerfile language.
// Seen by running v0.17.1, v1.24.0 and osscontainertools v1.28.3.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_EXECUTOR_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_EXECUTOR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

enum class Support {
  kYes,
  kIgnores,  // goes on without it, with exit code 0
  kRefuses,  // ends with an error
  kUnknown,
};

struct Executor {
  std::string name;  // "kaniko v1.24.0", "this kaniko"
  Support heredocs = Support::kUnknown;
  Support quoted_heredocs = Support::kUnknown;  // RUN <<'EOF'
  Support run_mounts = Support::kUnknown;
  Support run_network = Support::kUnknown;
  Support add_checksum = Support::kUnknown;
  Support copy_chmod = Support::kUnknown;
  // COPY --parents, --exclude.
  Support copy_parents = Support::kUnknown;
};

// By the image's name and tag.
Executor ExecutorOf(absl::string_view image);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_EXECUTOR_H_
