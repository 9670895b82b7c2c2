// Checks what a user passes to the kaniko executor on their own account.
#ifndef OVENBIRD_RUNTIME_KUBE_KANIKO_ARGS_H_
#define OVENBIRD_RUNTIME_KUBE_KANIKO_ARGS_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/kaniko_flags.h"
#include "runtime/yaml/node.h"

namespace ovenbird::kube {

// `args`: the list as it stands in the config, after variables and profiles.
// Reports flags that this version does not have or that no version has, values
// that it would refuse, words that are no flags, and flags that Ovenbird sets
// itself. Words are taken apart as the executor does it (pflag). `path`:
// "images.backend.build.kaniko.args".
void CheckKanikoArgs(const yaml::Node& args,
                     const std::optional<KanikoVersion>& version,
                     absl::string_view path, diag::Sink& sink);

// The mode as in the config; `node` is its place.
void CheckSnapshotMode(absl::string_view mode, const yaml::Node& node,
                       const std::optional<KanikoVersion>& version,
                       absl::string_view path, diag::Sink& sink);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_KANIKO_ARGS_H_
