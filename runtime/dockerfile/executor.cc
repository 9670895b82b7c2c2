#include "runtime/dockerfile/executor.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/kube/kaniko_flags.h"

namespace ovenbird::dockerfile {
namespace {

using kube::KanikoVersion;

// Google's last one.
constexpr KanikoVersion kLast = {1, 24, 0};
constexpr KanikoVersion kOldest = {0, 17, 1};
constexpr KanikoVersion kForkSeen = {1, 28, 3};

// The parser of 2019: no here-documents, no flags but --from, --chown and
// --platform.
void SetOldest(Executor& executor) {
  executor.heredocs = executor.quoted_heredocs = executor.run_mounts =
      executor.run_network = executor.add_checksum = executor.copy_chmod =
          executor.copy_parents = Support::kRefuses;
}

// BuildKit's parser, whose results are then not used.
void SetLast(Executor& executor) {
  executor.heredocs = executor.quoted_heredocs = executor.run_mounts =
      executor.run_network = executor.add_checksum = Support::kIgnores;
  executor.copy_chmod = Support::kYes;
  executor.copy_parents = Support::kRefuses;
}

void SetFork(Executor& executor) {
  executor.heredocs = executor.run_mounts = executor.copy_chmod = Support::kYes;
  executor.quoted_heredocs = Support::kIgnores;
}

}  // namespace

Executor ExecutorOf(absl::string_view image) {
  Executor executor;
  std::optional<KanikoVersion> version = kube::KanikoVersionOf(image);
  const bool google = absl::StrContains(image, "kaniko-project/executor");
  const bool fork = absl::StrContains(image, "osscontainertools/") ||
                    absl::StrContains(image, "martizih/kaniko");
  // The archived project's moving tags stay at its last version.
  if (google && !version.has_value()) version = kLast;
  executor.name = version.has_value()
                      ? absl::StrCat("kaniko ", version->ToString())
                      : "this kaniko";
  if (!version.has_value()) return executor;
  if (*version <= kOldest) {
    SetOldest(executor);
  } else if (*version == kLast || (google && *version > kLast)) {
    SetLast(executor);
  } else if (*version < kLast) {
    // Somewhere between; these two fail in one way or the other in all of them.
    executor.heredocs = executor.quoted_heredocs = executor.run_mounts =
        Support::kIgnores;
  } else if (fork && *version >= kForkSeen) {
    SetFork(executor);
  }
  return executor;
}

}  // namespace ovenbird::dockerfile
