// Why a build ended without an image, in the user's words: what happened, what
// the cluster or kaniko said of it, and what to do next.
#ifndef OVENBIRD_RUNTIME_BUILD_FAILURE_H_
#define OVENBIRD_RUNTIME_BUILD_FAILURE_H_

#include <exception>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::build {

// The kind of a failure decides the exit code of the tool.
enum class FailureKind {
  kBuild,   // kaniko, or a command of the user, ran and failed (exit code 1)
  kConfig,  // the user's files are wrong (2)
  kEnvironment,  // cluster, registry or runtime (3)
  kInterrupted,  // Ctrl-C (130)
};

// A field of an object that the cluster rejects.
struct RejectedField {
  std::string field;    // "spec.tolerations[0].operator"
  std::string problem;  // the cluster's sentence
};

// Why a build has no image, in the user's words.
struct Failure {
  FailureKind kind = FailureKind::kEnvironment;
  // One line, no final period: "the node has no room for the build pod".
  std::string what;
  // The messages of the cluster or of kaniko, verbatim: event messages, API
  // messages, log lines.
  std::vector<std::string> details;
  // The next step; may be empty.
  std::string hint;
  // The cluster took the build's place away for another's sake, or lost its
  // node: the same build may succeed in a new pod.
  bool was_disrupted = false;
  // The reason in detail, if the cluster rejects an object as invalid.
  std::vector<RejectedField> rejected;
  // The same at the places in the user's file that have the values. They point
  // into the config.
  std::vector<diag::Diagnostic> diagnostics;
};

// Returns the failure for Ctrl-C and similar signals.
Failure Interrupted();

// Returns the failure for an exception: of memory or threads that ran out,
// since nothing else throws.
Failure FromException(const std::exception& error);

// Returns a failure of the environment with the status's message; Interrupted()
// if it was cancelled.
Failure FromStatus(const absl::Status& status);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_FAILURE_H_
