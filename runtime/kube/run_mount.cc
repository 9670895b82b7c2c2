#include "runtime/kube/run_mount.h"

namespace ovenbird::kube {

size_t FirstWithFilesOf(const std::vector<RunMount>& mounts, size_t index) {
  const RunMount& mount = mounts[index];
  if (mount.kind != RunMount::kCache) return index;
  for (size_t i = 0; i < index; ++i) {
    const RunMount& other = mounts[i];
    if (other.kind == RunMount::kCache && other.id == mount.id &&
        other.mode == mount.mode && other.user == mount.user &&
        other.group == mount.group) {
      return i;
    }
  }
  return index;
}

std::vector<std::string> HiddenNames(const std::vector<RunMount>& mounts) {
  for (const RunMount& mount : mounts) {
    if (mount.kind != RunMount::kContext || !mount.source.empty()) continue;
    std::vector<std::string> names = {".ovenbird"};
    if (mount.hides_ignore_file) names.push_back(".dockerignore");
    return names;
  }
  return {};
}

}  // namespace ovenbird::kube
