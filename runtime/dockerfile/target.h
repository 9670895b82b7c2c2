// The stage that a build is for.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_TARGET_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_TARGET_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// Returns the index of the stage that `target` names (letter case does not
// count), the last one for "". Of several with that name the last one, as
// BuildKit does, with a warning. nullopt for an unknown target, which is
// reported at `span` (the target in the config), or else at the Dockerfile's
// top.
std::optional<int> FindTarget(const Dockerfile& dockerfile,
                              absl::string_view target, Span span,
                              diag::Sink& sink);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_TARGET_H_
