#include "runtime/plan/executor_flags.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/platform.h"
#include "runtime/kube/kaniko_flags.h"
#include "runtime/kube/snapshot_mode.h"
#include "runtime/kube/user_args.h"

namespace ovenbird::plan {

void TakeExecutorFlags(const config::Kaniko& kaniko, kube::BuildSpec& spec) {
  std::map<std::string, std::string> args(spec.build_args.begin(),
                                          spec.build_args.end());
  for (const std::string& arg : kube::UserFlagValues(kaniko, "build-arg")) {
    const size_t equals = arg.find('=');
    if (equals == std::string::npos) continue;
    args[arg.substr(0, equals)] = arg.substr(equals + 1);
  }
  spec.build_args.assign(args.begin(), args.end());
  const auto target = kube::LastUserFlagValue(kaniko, {"target"});
  if (target) spec.target = *target;
}

std::string PlatformOfArgs(const config::Kaniko& kaniko) {
  const auto name =
      kube::LastUserFlagValue(kaniko, {"custom-platform", "customPlatform"});
  if (!name) return "";
  const absl::StatusOr<Platform> platform = ParsePlatform(*name);
  return platform.ok() ? platform->ToString() : "";
}

config::SnapshotMode SnapshotModeOf(const config::Kaniko& kaniko,
                                    absl::string_view executor) {
  const auto text =
      kube::LastUserFlagValue(kaniko, {"snapshot-mode", "snapshotMode"});
  for (const config::SnapshotMode mode :
       {config::SnapshotMode::kFull, config::SnapshotMode::kTime,
        config::SnapshotMode::kRedo}) {
    if (text && ToString(mode) == absl::string_view(*text)) return mode;
  }
  return kaniko.snapshot_mode.value_or(
      kube::DefaultSnapshotMode(kube::KanikoVersionOf(executor)));
}

}  // namespace ovenbird::plan
