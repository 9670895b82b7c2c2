#include "runtime/kube/run_volumes.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/format_text.h"
#include "runtime/base/sha256.h"
#include "runtime/kube/handover.h"

namespace ovenbird::kube {
namespace {

std::string NameOf(size_t index) { return absl::StrCat("run-mount-", index); }

std::string PathInInit(size_t index) {
  return absl::StrCat("/run-mounts/", index);
}

// The indexes of the mounts that need a volume of their own.
std::vector<size_t> OwnVolumes(const std::vector<RunMount>& mounts) {
  std::vector<size_t> indexes;
  for (size_t i = 0; i < mounts.size(); ++i) {
    if (mounts[i].kind != RunMount::kContext &&
        FirstWithFilesOf(mounts, i) == i) {
      indexes.push_back(i);
    }
  }
  return indexes;
}

// The folder of a cache in the volume of a claim.
std::string FolderOf(const RunMount& mount) {
  std::string name;
  for (const char c : mount.id) {
    const bool is_plain = absl::ascii_isalnum(static_cast<unsigned char>(c));
    name += is_plain ? c : '-';
  }
  // Different IDs have different folders.
  return absl::StrCat(name.substr(0, 60), "-",
                      ToHex(Sha256Of(mount.id)).substr(0, 8));
}

VolumeMount MountOf(const std::string& volume, const std::string& path) {
  VolumeMount mount;
  mount.name = volume;
  mount.mount_path = path;
  return mount;
}

// The volume of the mount at `index`, at a path.
VolumeMount MountOf(const RunMount& from, size_t index,
                    const std::string& path) {
  VolumeMount mount = MountOf(NameOf(index), path);
  if (!from.claim.empty()) mount.sub_path = FolderOf(from);
  return mount;
}

// The only file in the volume of a secret.
constexpr char kValue[] = "value";

}  // namespace

std::vector<Volume> RunVolumes(const std::vector<RunMount>& mounts) {
  std::vector<Volume> volumes;
  for (const size_t index : OwnVolumes(mounts)) {
    const RunMount& mount = mounts[index];
    Volume& volume = volumes.emplace_back();
    volume.name = NameOf(index);
    if (!mount.claim.empty()) {
      volume.persistent_volume_claim.emplace().claim_name = mount.claim;
      continue;
    }
    EmptyDirVolumeSource& source = volume.empty_dir.emplace();
    // A secret is on no disk.
    if (mount.kind == RunMount::kCache) continue;
    source.medium = "Memory";
    if (mount.size > 0) source.size_limit = absl::StrCat(mount.size);
  }
  return volumes;
}

std::vector<VolumeMount> RunVolumeMounts(const std::vector<RunMount>& mounts,
                                         const std::string& context) {
  std::vector<VolumeMount> result;
  for (size_t i = 0; i < mounts.size(); ++i) {
    const RunMount& from = mounts[i];
    if (from.kind != RunMount::kContext) {
      result.push_back(MountOf(from, FirstWithFilesOf(mounts, i), from.target));
      if (from.kind != RunMount::kSecret) continue;
      result.back().sub_path = kValue;
      result.back().read_only = true;
      continue;
    }
    VolumeMount& mount = result.emplace_back(MountOf(context, from.target));
    mount.read_only = true;
    mount.sub_path = from.source.empty() ? kContextView : from.source;
  }
  return result;
}

std::vector<VolumeMount> RunVolumesInInit(const std::vector<RunMount>& mounts) {
  std::vector<VolumeMount> result;
  for (const size_t index : OwnVolumes(mounts)) {
    result.push_back(MountOf(mounts[index], index, PathInInit(index)));
  }
  return result;
}

// An emptyDir has mode 0777. BuildKit's caches have their own, and its tmpfs
// has 1777.
std::string PrepareRunVolumes(
    const std::vector<RunMount>& mounts,
    const std::map<std::string, std::string>& secret_files) {
  std::string script;
  for (const size_t index : OwnVolumes(mounts)) {
    const RunMount& mount = mounts[index];
    std::string path = PathInInit(index);
    if (mount.kind == RunMount::kSecret) {
      absl::StrAppend(&path, "/", kValue);
      absl::StrAppend(&script, "cat ", secret_files.at(mount.id), " >", path,
                      " || exit\n");
    }
    if (mount.user != 0 || mount.group != 0) {
      absl::StrAppend(&script, "chown ", mount.user, ":", mount.group, " ",
                      path, " || exit\n");
    }
    const uint32_t mode = mount.kind == RunMount::kMemory ? 01777 : mount.mode;
    absl::StrAppend(&script, FormatText("chmod %o ", mode), path, " || exit\n");
  }
  return script;
}

std::string MakeContextView(const std::vector<RunMount>& mounts) {
  const std::vector<std::string> hidden = HiddenNames(mounts);
  if (hidden.empty()) return "";
  return absl::StrCat(" || exit\ncd ", kContextPath, " && mkdir -p ",
                      kContextView,
                      " || exit\n"
                      "for name in * .[!.]* ..?*; do\n"
                      "  case $name in ",
                      absl::StrJoin(hidden, " | "),
                      ") continue ;; esac\n"
                      "  if [ -e \"$name\" ] || [ -L \"$name\" ]; then\n"
                      "    cp -al \"$name\" ",
                      kContextView, "/ || exit\n  fi\ndone");
}

}  // namespace ovenbird::kube
