#include "runtime/kube/executor_env.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace ovenbird::kube {
namespace {

constexpr const char* kSwitches[] = {
    "FF_KANIKO_CHOWN_ON_IMPLICIT_DIRS",
    "FF_KANIKO_COPY_AS_ROOT",
    "FF_KANIKO_COPY_CHMOD_ON_IMPLICIT_DIRS",
    "FF_KANIKO_EXPAND_HEREDOC",
    // Folders with other names are other inputs for the cache.
    "FF_KANIKO_HASH_DIR_FRAMING",
    "FF_KANIKO_RUN_HONOR_GROUP",
    // COPY --from of a cached stage copies no whiteout files.
    "FF_KANIKO_SKIP_WRITE_WHITEOUTS",
    "FF_KANIKO_UNTAR_SKIP_ROOT",
};

}  // namespace

bool IsOsscontainertools(absl::string_view image) {
  return absl::StrContains(image, "osscontainertools/") ||
         absl::StrContains(image, "martizih/kaniko");
}

std::vector<std::pair<std::string, std::string>> ExecutorEnv(
    const BuildSpec& spec) {
  const auto& user = spec.kaniko->env;
  // kaniko looks for signs that it runs in a container; on some nodes this is
  // the only one.
  std::vector<std::pair<std::string, std::string>> env = {
      {"container", "kube"}};
  if (IsOsscontainertools(spec.executor.empty() ? spec.kaniko->image
                                                : spec.executor)) {
    for (const char* name : kSwitches) {
      const bool is_set =
          std::any_of(user.begin(), user.end(),
                      [&](const auto& own) { return own.first == name; });
      if (!is_set) env.emplace_back(name, "true");
    }
  }
  env.insert(env.end(), user.begin(), user.end());
  return env;
}

}  // namespace ovenbird::kube
