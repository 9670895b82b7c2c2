// What the user's `args` of the executor mean for the plan.
#ifndef OVENBIRD_RUNTIME_PLAN_EXECUTOR_FLAGS_H_
#define OVENBIRD_RUNTIME_PLAN_EXECUTOR_FLAGS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/config/config.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::plan {

// Sets the build arguments and the target of `spec` to those of `args`, which
// come before those of `options`: the Dockerfile is rewritten for them, and
// what it copies is sent.
void TakeExecutorFlags(const config::Kaniko& kaniko, kube::BuildSpec& spec);

// Returns the platform of `--custom-platform` in `args`; empty: none.
std::string PlatformOfArgs(const config::Kaniko& kaniko);

// Returns the snapshot mode that this executor image has with these `args`.
config::SnapshotMode SnapshotModeOf(const config::Kaniko& kaniko,
                                    absl::string_view executor);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_EXECUTOR_FLAGS_H_
