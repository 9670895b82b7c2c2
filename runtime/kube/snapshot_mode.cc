#include "runtime/kube/snapshot_mode.h"

#include "absl/algorithm/container.h"

namespace ovenbird::kube {

using config::SnapshotMode;

SnapshotMode DefaultSnapshotMode(const std::optional<KanikoVersion>& version) {
  const bool has_redo =
      version &&
      absl::c_any_of(FindKanikoFlag("snapshotMode")->values,
                     [&](const KanikoValue& value) {
                       return value.text == ToString(SnapshotMode::kRedo) &&
                              !LacksValue(value, version);
                     });
  return has_redo ? SnapshotMode::kRedo : SnapshotMode::kTime;
}

}  // namespace ovenbird::kube
