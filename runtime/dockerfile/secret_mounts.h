// The build secrets that a Dockerfile asks for.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SECRET_MOUNTS_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SECRET_MOUNTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// A `RUN --mount=type=secret`.
struct SecretMount {
  // As written: it may contain variables.
  std::string id;
  // Of the flag.
  Span span;
  // Without the secret the build fails.
  bool required = false;
  // Index of its stage.
  int stage = 0;
};

// Returns the ID of a secret from the options of its mount, as BuildKit finds
// it: `id`, else `source`, else the last part of `target`.
std::string SecretId(absl::string_view id, absl::string_view source,
                     absl::string_view target);

// Returns the mounts of secrets in all stages, in the file's order, those of
// ONBUILD instructions included. Leaves out flags with mistakes.
std::vector<SecretMount> SecretMounts(const Dockerfile& dockerfile);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SECRET_MOUNTS_H_
