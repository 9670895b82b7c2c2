#include "runtime/kube/secret_volumes.h"

#include <cstddef>

#include "absl/strings/str_cat.h"

namespace ovenbird::kube {
namespace {

constexpr char kOwnVolume[] = "build-secrets";
constexpr char kPath[] = "/build-secrets";

// An ID may have characters that keys and names of volumes do not take.
std::string NameOf(size_t index) {
  return absl::StrCat("build-secret-", index);
}

bool IsOfCluster(const BuildSecret& secret) {
  return !secret.secret_name.empty();
}

std::string FolderOf(const std::string& volume) {
  return absl::StrCat(kPath, "/", volume);
}

VolumeMount MountOf(const std::string& volume) {
  VolumeMount mount;
  mount.name = volume;
  mount.mount_path = FolderOf(volume);
  mount.read_only = true;
  return mount;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> SecretData(
    const std::vector<BuildSecret>& secrets) {
  std::vector<std::pair<std::string, std::string>> data;
  for (size_t i = 0; i < secrets.size(); ++i) {
    if (!IsOfCluster(secrets[i]))
      data.emplace_back(NameOf(i), secrets[i].value);
  }
  return data;
}

std::vector<Volume> SecretVolumes(const std::vector<BuildSecret>& secrets,
                                  const std::string& own) {
  std::vector<Volume> volumes;
  std::vector<KeyToPath> own_items;
  for (size_t i = 0; i < secrets.size(); ++i) {
    KeyToPath item;
    item.path = NameOf(i);
    if (!IsOfCluster(secrets[i])) {
      item.key = item.path;
      own_items.push_back(std::move(item));
      continue;
    }
    item.key = secrets[i].secret_key;
    Volume& volume = volumes.emplace_back();
    volume.name = NameOf(i);
    volume.secret.emplace().secret_name = secrets[i].secret_name;
    volume.secret->items.push_back(std::move(item));
  }
  if (own_items.empty()) return volumes;
  Volume& volume = volumes.emplace_back();
  volume.name = kOwnVolume;
  volume.secret.emplace().secret_name = own;
  volume.secret->items = std::move(own_items);
  return volumes;
}

std::vector<VolumeMount> SecretMounts(const std::vector<BuildSecret>& secrets) {
  std::vector<VolumeMount> mounts;
  bool has_own = false;
  for (size_t i = 0; i < secrets.size(); ++i) {
    if (IsOfCluster(secrets[i])) {
      mounts.push_back(MountOf(NameOf(i)));
    } else {
      has_own = true;
    }
  }
  if (has_own) mounts.push_back(MountOf(kOwnVolume));
  return mounts;
}

std::map<std::string, std::string> SecretFiles(
    const std::vector<BuildSecret>& secrets) {
  std::map<std::string, std::string> files;
  for (size_t i = 0; i < secrets.size(); ++i) {
    const std::string volume =
        IsOfCluster(secrets[i]) ? NameOf(i) : std::string(kOwnVolume);
    files[secrets[i].id] = absl::StrCat(FolderOf(volume), "/", NameOf(i));
  }
  return files;
}

}  // namespace ovenbird::kube
