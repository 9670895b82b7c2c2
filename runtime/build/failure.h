// Why a build ended without an image, in the user's words: what happened, what
// the cluster or kaniko said of it, and what to do next.
#ifndef OVENBIRD_RUNTIME_BUILD_FAILURE_H_
#define OVENBIRD_RUNTIME_BUILD_FAILURE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace ovenbird::build {

// Decides the exit code of the tool.
enum class FailureKind {
  kBuild,   // kaniko ran and failed: the Dockerfile, the push (exit code 1)
  kConfig,  // the user's files are wrong (2)
  kEnvironment,  // cluster, registry or runtime (3)
  kInterrupted,  // Ctrl-C (130)
};

struct Failure {
  FailureKind kind = FailureKind::kEnvironment;
  // One line, no final period: "the node has no room for the build pod".
  std::string what;
  // What the other side said, word by word: event texts, API messages, log
  // lines.
  std::vector<std::string> details;
  // The next step; may be empty.
  std::string hint;
};

// Ctrl-C and its like.
Failure Interrupted();

// A failure of the environment that has no better explanation than its status.
Failure FromStatus(const absl::Status& status);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_FAILURE_H_
