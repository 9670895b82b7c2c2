#include "tools/conformance/intended.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "tools/conformance/pod_facts.h"

namespace ovenbird::conformance {
namespace {

enum Side { kDevSpace, kOurs };

// A fact of one side that starts with `prefix` is meant, for reason `id`.
struct Intended {
  Side side;
  absl::string_view prefix;
  absl::string_view id;
};
constexpr Intended kIntended[] = {
    {kDevSpace, "metadata.generateName", "pod-name"},
    {kOurs, "metadata.name", "pod-name"},
    {kDevSpace, "metadata.labels.devspace-build", "own-labels"},
    {kOurs, "metadata.labels.", "own-labels"},
    {kOurs, "metadata.annotations.", "own-labels"},
    {kDevSpace, "initContainers.context.image = alpine", "init-image-pinned"},
    {kOurs, "initContainers.context.image = alpine:", "init-image-pinned"},
    {kDevSpace, "initContainers.context.arg ", "context-checked"},
    {kDevSpace, "initContainers.context.command", "context-checked"},
    {kOurs, "initContainers.context.command", "context-checked"},
    {kDevSpace, "volume name = ", "volume-names"},
    {kOurs, "volume name = ", "volume-names"},
    {kOurs,
     "containers.kaniko.mount /kaniko/.docker from.secret.secretName = "
     "ovenbird",
     "secret-per-build"},
    {kDevSpace,
     "containers.kaniko.mount /kaniko/.docker from.secret.secretName = "
     "devspace",
     "secret-per-build"},
    {kOurs, "identity token for ", "identity-token-kept"},
    {kOurs, "containers.kaniko.arg --digest-file=", "digest-reported"},
    {kOurs, "containers.kaniko.arg --target=", "target-is-passed"},
    {kOurs, "containers.kaniko.arg --insecure-registry=", "insecure-registry"},
    {kOurs,
     "containers.kaniko.arg --skip-tls-verify-registry=", "insecure-registry"},
    {kOurs, "containers.kaniko.arg --log-format=text", "plain-log"},
    {kOurs, "containers.kaniko.arg --compressed-caching=false", "memory-saved"},
    {kOurs, "containers.kaniko.arg --ignore-var-run=false", "var-run-kept"},
    {kOurs, "containers.kaniko.arg --whitelist-var-run=false", "var-run-kept"},
    {kOurs, "containers.kaniko.arg --push-retry=", "network-retries"},
    {kOurs, "containers.kaniko.arg --image-download-retry=", "network-retries"},
    {kOurs, "containers.kaniko.arg --snapshot-mode=redo",
     "snapshot-mode-default"},
    {kOurs, "containers.kaniko.arg --snapshot-mode=", "snapshot-mode-spelling"},
    {kDevSpace,
     "containers.kaniko.arg --snapshotMode=", "snapshot-mode-spelling"},
    {kOurs, "containers.kaniko.env", "container-env"},
    {kOurs, "containers.kaniko.securityContext", "least-rights"},
    {kOurs, "containers.kaniko.terminationMessagePolicy", "digest-reported"},
    {kOurs, "spec.activeDeadlineSeconds", "deadline"},
    {kOurs, "spec.automountServiceAccountToken", "no-service-account-token"},
    {kOurs, "spec.enableServiceLinks", "no-service-account-token"},
    {kDevSpace, "containers.kaniko.resources", "quota-by-name"},
    {kOurs, "context folder ", "directory-entries"},
    {kDevSpace, "context symlink ", "context-symlinks"},
    {kOurs, "context symlink ", "context-symlinks"},
    {kDevSpace, "quoting context file ", "entrypoint-escaped"},
    {kOurs, "quoting context file ", "entrypoint-escaped"},
    {kDevSpace, "interactive context file ", "dev-section-passed-over"},
    {kOurs, "interactive context file ", "dev-section-passed-over"},
    {kDevSpace, "ignorable context file ", "dockerignore-rules"},
    {kOurs, "ignorable context file ", "dockerignore-rules"},
    {kOurs, "refused: duplicate-key", "duplicate-keys-refused"},
    {kOurs, "refused: unknown-value", "kaniko-options-checked"},
    {kDevSpace,
     "refused: convert config: Error loading config: yaml: unmarshal "
     "errors:\n  line 5: field initImage",
     "newer-options"},
    {kDevSpace, "refused: Error executing hook", "render-runs-no-hooks"},
};

}  // namespace

absl::string_view ReasonOf(const Difference& difference) {
  for (const Intended& row : kIntended) {
    if ((row.side == kOurs) == difference.ours &&
        absl::StartsWith(difference.fact, row.prefix)) {
      return row.id;
    }
  }
  return "";
}

}  // namespace ovenbird::conformance
