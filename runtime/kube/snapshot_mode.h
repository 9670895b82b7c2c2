// How the executor finds changed files where the config does not say it.
#ifndef OVENBIRD_RUNTIME_KUBE_SNAPSHOT_MODE_H_
#define OVENBIRD_RUNTIME_KUBE_SNAPSHOT_MODE_H_

#include <optional>

#include "runtime/config/config.h"
#include "runtime/kube/kaniko_flags.h"

namespace ovenbird::kube {

// Returns `redo` for a version that has it, else `time`, which is DevSpace's
// default: it loses changes of owners and modes. nullopt: an unknown version.
config::SnapshotMode DefaultSnapshotMode(
    const std::optional<KanikoVersion>& version);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_SNAPSHOT_MODE_H_
