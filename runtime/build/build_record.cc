#include "runtime/build/build_record.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/entries.h"
#include "runtime/base/file.h"
#include "runtime/base/folder_without_links.h"
#include "runtime/base/hmac.h"
#include "runtime/base/json.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/secret_key.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/steady_time.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

// Records of another version are ignored: the images are built again. The key
// of version 2 was in the project.
constexpr int kVersion = 3;
constexpr char kBuilds[] = "builds";
constexpr mode_t kOwnerOnly = 0600;
// Of the names of contexts' files.
constexpr size_t kKeySize = 40;
constexpr size_t kHashSize = 8;

json::Value ToJson(const Texts& strings) {
  json::Value value{json::Object{}};
  for (const auto& [name, text] : strings) value.Set(name, text);
  return value;
}

Texts ToTexts(const json::Value& value) {
  Texts strings;
  for (const auto& [name, text] : value.members()) {
    strings.emplace(name, text.string_or());
  }
  return strings;
}

json::Value ToJson(const BuildRecord& record) {
  json::Value value;
  value.Set("fingerprint", record.fingerprint);
  value.Set("digest", record.digest);
  value.Set("options", ToJson(record.options));
  value.Set("bases", ToJson(record.bases));
  return value;
}

// Null when there is no file.
absl::StatusOr<json::Value> ReadBuilds(const std::string& path) {
  absl::StatusOr<std::string> text = ReadRegularFile(path);
  if (absl::IsNotFound(text.status())) return json::Value();
  RETURN_IF_ERROR(text.status());
  absl::StatusOr<json::Value> value = json::Parse(*text);
  if (!value.ok() || value->as_object() == nullptr) {
    return absl::DataLossError(absl::StrCat(
        "`", path, "` is damaged",
        value.ok() ? "" : absl::StrCat(": ", value.status().message())));
  }
  if ((*value)["version"].int_or() != kVersion) return json::Value();
  return value;
}

// Differs between the files that are one after the other at the path; empty:
// there is none.
std::string IdentityOf(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return "";
  return absl::StrCat(info.st_dev, " ", info.st_ino, " ", info.st_size, " ",
                      info.st_mtim.tv_sec, ".", info.st_mtim.tv_nsec, " ",
                      info.st_ctim.tv_sec, ".", info.st_ctim.tv_nsec);
}

std::string FileNameOf(absl::string_view key, const std::string& name) {
  return absl::StrCat(kube::NamePart(key, kKeySize), "-",
                      ToHex(Sha256Of(name)).substr(0, kHashSize));
}

// As FileNameOf makes them.
bool IsFileName(absl::string_view name) {
  const size_t dash = name.rfind('-');
  return dash != absl::string_view::npos && dash > 0 && dash <= kKeySize &&
         name.size() - dash - 1 == kHashSize &&
         name.find_first_not_of("0123456789abcdef", dash + 1) ==
             absl::string_view::npos &&
         name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-") ==
             absl::string_view::npos;
}

// Files of contexts in `folder` that are not `wanted`.
std::vector<std::string> Unwanted(const std::string& folder,
                                  const std::set<std::string>& wanted) {
  std::vector<std::string> paths;
  const auto entries = EntriesOf(folder);
  if (!entries.ok()) return paths;
  std::error_code error;
  for (const std::string& path : *entries) {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (wanted.count(name) == 0 && IsFileName(name) &&
        std::filesystem::symlink_status(path, error).type() ==
            std::filesystem::file_type::regular &&
        context::FileRecords::IsFileOf(path)) {
      paths.push_back(path);
    }
  }
  return paths;
}

// Creates `folder`, which is in the folder of a config, and `below` in it.
absl::Status MakeFolder(const std::string& folder,
                        const std::string& below = "") {
  const std::filesystem::path path(folder);
  return MakeFolderWithoutLinks(path.parent_path().string(),
                                (path.filename() / below).string());
}

absl::Status WriteBuilds(const std::string& path, json::Value builds) {
  json::Value value;
  value.Set("version", kVersion);
  value.Set(kBuilds, std::move(builds));
  return ReplaceFile(path, absl::StrCat(json::Write(value, true), "\n"),
                     kOwnerOnly);
}

}  // namespace

std::string BuildRecords::NameOf(const std::string& key) const {
  return variant_.empty() ? key : absl::StrCat(key, " (", variant_, ")");
}

// Keys may have any letters; the hash keeps them apart.
std::string BuildRecords::FilesPath(const std::string& key) const {
  return absl::StrCat(folder_, "/files/", FileNameOf(key, NameOf(key)));
}

absl::StatusOr<std::string> BuildRecords::KeyPath() const {
  ASSIGN_OR_RETURN(const std::string folder, key_folder_());
  return absl::StrCat(folder, "/records.key");
}

BuildRecord BuildRecords::SealWith(const std::string& key, BuildRecord record) {
  record.fingerprint = ToHex(HmacOf(key, record.fingerprint));
  for (auto& [name, hash] : record.options) hash = ToHex(HmacOf(key, hash));
  return record;
}

BuildRecord BuildRecords::Seal(BuildRecord record) const {
  const absl::StatusOr<std::string> path = KeyPath();
  std::string key;
  if (path.ok()) key = ReadSecretKey(*path);
  // No key that others know: the repository could come with its HMACs.
  if (key.empty()) key = NewSecretKey();
  return SealWith(key, std::move(record));
}

absl::Status BuildRecords::Read() const {
  const std::string path = absl::StrCat(folder_, "/builds.json");
  std::string file = IdentityOf(path);
  if (!file.empty() && file == known_.file) return absl::OkStatus();
  known_ = {};
  ASSIGN_OR_RETURN(json::Value all, ReadBuilds(path));
  for (const auto& [name, record] : all[kBuilds].members()) {
    known_.records.emplace(name, record);
  }
  known_.file = std::move(file);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<BuildRecord>> BuildRecords::Get(
    const std::string& key) const {
  MutexLock lock(&mutex_);
  if (const auto kept = kept_.find(key); kept != kept_.end()) {
    return Seal(kept->second);
  }
  RETURN_IF_ERROR(Read());
  const auto known = known_.records.find(NameOf(key));
  if (known == known_.records.end() || known->second.as_object() == nullptr) {
    return std::nullopt;
  }
  const json::Value& found = known->second;
  BuildRecord record;
  record.fingerprint = std::string(found["fingerprint"].string_or());
  record.digest = std::string(found["digest"].string_or());
  record.options = ToTexts(found["options"]);
  record.bases = ToTexts(found["bases"]);
  return record;
}

absl::Status BuildRecords::Put(const std::string& key,
                               const BuildRecord& record) const {
  MutexLock lock(&mutex_);
  kept_[key] = record;
  return WriteKept();
}

absl::Status BuildRecords::PutLater(const std::string& key,
                                    const BuildRecord& record) const {
  // How many times longer than the last time of writing the next one waits.
  constexpr int kPause = 19;
  MutexLock lock(&mutex_);
  kept_[key] = record;
  const absl::Time start = SteadyNow();
  if (start < next_write_) return absl::OkStatus();
  const absl::Status status = WriteKept();
  const absl::Time end = SteadyNow();
  next_write_ = end + kPause * (end - start);
  return status;
}

absl::Status BuildRecords::Flush() const {
  MutexLock lock(&mutex_);
  return kept_.empty() ? absl::OkStatus() : WriteKept();
}

absl::Status BuildRecords::WriteKept() const {
  RETURN_IF_ERROR(MakeFolder(folder_));
  ASSIGN_OR_RETURN(
      FileLock lock,
      FileLock::Take(absl::StrCat(folder_, "/builds.lock"), wait_));
  const absl::Status read = Read();
  if (!read.ok() && !absl::IsDataLoss(read)) return read;
  ASSIGN_OR_RETURN(const std::string key_path, KeyPath());
  ASSIGN_OR_RETURN(const std::string secret, MakeSecretKey(key_path, wait_));
  for (const auto& [key, record] : kept_) {
    json::Value one = ToJson(SealWith(secret, record));
    one.Set("key", key);
    one.Set("variant", variant_);
    known_.records[NameOf(key)] = std::move(one);
  }
  json::Object builds;
  for (const auto& [name, record] : known_.records) {
    builds.emplace_back(name, record);
  }
  const std::string path = absl::StrCat(folder_, "/builds.json");
  // Not to be taken for the file's, should that fail.
  known_.file.clear();
  RETURN_IF_ERROR(WriteBuilds(path, std::move(builds)));
  kept_.clear();
  // Under the lock: it is ours.
  known_.file = IdentityOf(path);
  return absl::OkStatus();
}

absl::Status BuildRecords::Prune(const std::set<std::string>& keys) const {
  const std::string path = absl::StrCat(folder_, "/builds.json");
  const std::string files = absl::StrCat(folder_, "/files");
  json::Object kept;
  std::set<std::string> wanted;
  for (const std::string& key : keys) {
    wanted.insert(FileNameOf(key, NameOf(key)));
  }
  // True: there are records to delete.
  const auto look = [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(json::Value all, ReadBuilds(path));
    kept.clear();
    for (const auto& [name, record] : all[kBuilds].members()) {
      const std::string key(record["key"].string_or());
      const std::string* variant = record["variant"].as_string();
      if (variant != nullptr && *variant == variant_ && keys.count(key) == 0) {
        continue;
      }
      kept.emplace_back(name, record);
      wanted.insert(FileNameOf(key, name));
    }
    return kept.size() < all[kBuilds].members().size();
  };
  // Most runs find nothing, and need no lock.
  ASSIGN_OR_RETURN(bool stale, look());
  if (!stale && Unwanted(files, wanted).empty()) return absl::OkStatus();
  // Nothing is deleted through a link.
  RETURN_IF_ERROR(MakeFolder(folder_, "files"));
  ASSIGN_OR_RETURN(
      FileLock lock,
      FileLock::Take(absl::StrCat(folder_, "/builds.lock"), wait_));
  ASSIGN_OR_RETURN(stale, look());
  if (stale) RETURN_IF_ERROR(WriteBuilds(path, kept));
  for (const std::string& each : Unwanted(files, wanted)) {
    std::error_code error;
    std::filesystem::remove(each, error);
  }
  return absl::OkStatus();
}

bool BuildRecords::has_files() const {
  std::error_code error;
  return std::filesystem::exists(absl::StrCat(folder_, "/files"), error);
}

context::FileRecords BuildRecords::GetFiles(const std::string& key) const {
  return context::FileRecords::Load(FilesPath(key));
}

absl::Status BuildRecords::PutFiles(const std::string& key,
                                    const context::FileRecords& files) const {
  RETURN_IF_ERROR(MakeFolder(folder_, "files"));
  return files.Save(FilesPath(key));
}

std::vector<std::string> ChangedNames(const Texts& before, const Texts& now) {
  std::vector<std::string> names;
  auto old = before.begin();
  auto next = now.begin();
  while (old != before.end() || next != now.end()) {
    if (next == now.end() ||
        (old != before.end() && old->first < next->first)) {
      names.push_back(old++->first);
    } else if (old == before.end() || next->first < old->first) {
      names.push_back(next++->first);
    } else {
      if (old->second != next->second) names.push_back(old->first);
      ++old;
      ++next;
    }
  }
  return names;
}

}  // namespace ovenbird::build
