#include "runtime/plan/cache_volumes.h"

#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/suggest.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::plan {
namespace {

using kube::RunMount;

bool IsNamed(const RunMount& mount, const std::string& name) {
  return mount.kind == RunMount::kCache &&
         (mount.id == name || mount.target == CleanPath(name));
}

std::vector<std::string> NamesOf(const std::vector<RunMount>& mounts) {
  std::vector<std::string> names;
  for (const RunMount& mount : mounts) {
    if (mount.kind == RunMount::kCache) names.push_back(mount.id);
  }
  return names;
}

}  // namespace

void KeepCaches(const std::string& key, const config::Kaniko& kaniko,
                const std::string& folder, const std::string& dockerfile,
                std::vector<RunMount>& mounts, diag::Sink& sink) {
  const yaml::Node* section =
      kaniko.source == nullptr ? nullptr : kaniko.source->Find("cacheVolumes");
  for (const auto& [name, volume] : kaniko.cache_volumes) {
    bool used = false;
    for (RunMount& mount : mounts) {
      if (!IsNamed(mount, name)) continue;
      used = true;
      mount.claim = volume.claim;
      if (!volume.path.empty()) {
        mount.host_path = (std::filesystem::absolute(folder) / volume.path)
                              .lexically_normal()
                              .string();
      }
    }
    if (used) continue;
    diag::Diagnostic unused =
        diag::CacheVolumeUnused(config::decode::KeySpanOf(section, name), name,
                                dockerfile, DidYouMean(name, NamesOf(mounts)));
    unused.config_path = absl::StrCat("images.", key);
    sink.Handle(std::move(unused));
  }
}

std::vector<std::string> SharedVolumes(const std::vector<RunMount>& mounts) {
  std::set<std::string> names;
  for (const RunMount& mount : mounts) {
    if (!mount.claim.empty()) names.insert(mount.claim);
    if (!mount.host_path.empty()) names.insert(mount.host_path);
  }
  return {names.begin(), names.end()};
}

}  // namespace ovenbird::plan
