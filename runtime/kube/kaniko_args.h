// Checks the arguments that a user passes to the kaniko executor directly.
#ifndef OVENBIRD_RUNTIME_KUBE_KANIKO_ARGS_H_
#define OVENBIRD_RUNTIME_KUBE_KANIKO_ARGS_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/kaniko_flags.h"
#include "runtime/yaml/node.h"

namespace ovenbird::kube {

// Reports flags that this version or every version lacks, values that it would
// reject, words that are not flags, and flags that Ovenbird sets itself. `args`
// is the list in the config, after variables and profiles; words are split as
// the executor does it (pflag). `path` is "images.backend.build.kaniko.args".
void CheckKanikoArgs(const yaml::Node& args,
                     const std::optional<KanikoVersion>& version,
                     absl::string_view path, diag::Sink& sink);

// Reports a mode that this version is known to lack. `mode` is written as in
// the config; `node` is its value there.
void CheckSnapshotMode(absl::string_view mode, const yaml::Node& node,
                       const std::optional<KanikoVersion>& version,
                       absl::string_view path, diag::Sink& sink);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_KANIKO_ARGS_H_
