#include "runtime/registry/layer_facts.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::registry {
namespace {

constexpr size_t kBlock = 1 << 16;
// Against archives that grow without end when they are unpacked.
constexpr int64_t kMaxBytes = int64_t{4} << 30;
constexpr size_t kMaxEntries = 1'000'000;
constexpr size_t kMaxAccounts = 1 << 20;
constexpr absl::string_view kWhiteout = ".wh.";
constexpr absl::string_view kOpaque = ".wh..wh..opq";
// Changed with the format: what another version wrote is read anew.
constexpr absl::string_view kMagic = "ovenbird layer 1";
constexpr absl::string_view kEnd = "end";

struct Reader {
  const ByteSource& source;
  std::vector<char> buffer = std::vector<char>(kBlock);
  absl::Status failed;
};

la_ssize_t ReadBlock(archive* handle, void* data, const void** buffer) {
  Reader& reader = *static_cast<Reader*>(data);
  *buffer = reader.buffer.data();
  absl::StatusOr<size_t> size =
      reader.source(reader.buffer.data(), reader.buffer.size());
  if (size.ok()) return static_cast<la_ssize_t>(*size);
  reader.failed = size.status();
  archive_set_error(handle, EIO, "the source failed");
  return ARCHIVE_FATAL;
}

struct ArchiveDeleter {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

std::string AbsolutePath(absl::string_view name) {
  return CleanPath(absl::StrCat("/", name));
}

ImageFile::Type TypeOf(archive_entry* entry) {
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return ImageFile::kFile;
    case AE_IFDIR:
      return ImageFile::kFolder;
    case AE_IFLNK:
      return ImageFile::kSymlink;
    default:
      return ImageFile::kOther;
  }
}

bool HasCapability(archive_entry* entry) {
  archive_entry_xattr_reset(entry);
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    if (absl::string_view(name) == "security.capability") return true;
  }
  return false;
}

ImageFile FileOf(archive_entry* entry) {
  ImageFile file;
  file.mode = static_cast<uint16_t>(archive_entry_perm(entry));
  file.user = static_cast<uint32_t>(archive_entry_uid(entry));
  file.group = static_cast<uint32_t>(archive_entry_gid(entry));
  file.size = static_cast<uint64_t>(archive_entry_size(entry));
  file.has_capability = HasCapability(entry);
  if (const char* target = archive_entry_hardlink(entry)) {
    file.hard_link = AbsolutePath(target);
    return file;
  }
  file.type = TypeOf(entry);
  if (const char* target = archive_entry_symlink(entry)) file.link = target;
  return file;
}

// Deletes what is below the folder.
void DeleteBelow(const std::string& folder, ImageFiles& files) {
  const std::string begin = absl::StrCat(folder, "/");
  auto at = files.entries.lower_bound(begin);
  while (at != files.entries.end() && absl::StartsWith(at->first, begin)) {
    at = files.entries.erase(at);
  }
}

void Delete(const std::string& path, ImageFiles& files) {
  files.entries.erase(path);
  DeleteBelow(path, files);
}

// Gives the files whose first name is missing, or will be replaced by one of
// `own`, another of their names as the first.
void KeepOtherNames(const std::set<std::string>& own, ImageFiles& files) {
  std::map<std::string, std::string> first_names;
  for (auto& [path, file] : files.entries) {
    if (file.hard_link.empty() || own.count(path) > 0) continue;
    const bool stays = own.count(file.hard_link) == 0;
    if (stays && files.Find(file.hard_link) != nullptr) continue;
    const auto [first, is_new] = first_names.try_emplace(file.hard_link, path);
    file.hard_link = is_new ? "" : first->second;
  }
}

// Adds the path and all paths below it to `paths`.
void AddTree(const std::string& path, const ImageFiles& files,
             std::vector<std::string>& paths) {
  if (files.Find(path) != nullptr) paths.push_back(path);
  const std::string begin = absl::StrCat(path, "/");
  for (auto at = files.entries.lower_bound(begin);
       at != files.entries.end() && absl::StartsWith(at->first, begin); ++at) {
    paths.push_back(at->first);
  }
}

// What is directly in the folder.
std::vector<std::string> ChildrenOf(absl::string_view folder,
                                    const ImageFiles& files) {
  std::vector<std::string> children;
  const std::string begin = absl::StrCat(folder, "/");
  for (auto at = files.entries.lower_bound(begin);
       at != files.entries.end() && absl::StartsWith(at->first, begin); ++at) {
    if (at->first.find('/', begin.size()) == std::string::npos) {
      children.push_back(at->first);
    }
  }
  return children;
}

// Keeps that a folder takes the place of something else.
void NoteReplaced(const std::string& folder, ImageFiles& files) {
  const ImageFile* there = files.Find(folder);
  if (there == nullptr || there->type == ImageFile::kFolder) return;
  if (there->type != ImageFile::kSymlink) {
    files.retyped.push_back({folder, RetypedFolder::kFile});
    return;
  }
  const auto real = files.Resolve(folder, /*follow_last=*/true);
  const ImageFile* end = real ? files.Find(*real) : nullptr;
  const bool leads_to_folder =
      real == "/" || (end != nullptr && end->type == ImageFile::kFolder);
  files.retyped.push_back(
      {folder, leads_to_folder  ? RetypedFolder::kLinkToFolder
               : end == nullptr ? RetypedFolder::kLinkToNothing
                                : RetypedFolder::kFile});
}

void Put(const std::string& path, ImageFile file, ImageFiles& files) {
  if (path == "/") return;
  if (!file.hard_link.empty()) {
    if (const ImageFile* other = files.Find(file.hard_link)) {
      const std::string link = file.hard_link;
      file = *other;
      file.hard_link = link;
    }
  }
  if (file.type == ImageFile::kFolder) {
    NoteReplaced(path, files);
  } else {
    DeleteBelow(path, files);
  }
  files.entries[path] = std::move(file);
}

// Reads the fields that Encode wrote.
class Fields {
 public:
  explicit Fields(absl::string_view bytes) : left_(bytes) {}

  absl::string_view Next() {
    const size_t end = left_.find('\0');
    if (end == left_.npos) {
      good_ = false;
      return "";
    }
    const absl::string_view field = left_.substr(0, end);
    left_.remove_prefix(end + 1);
    return field;
  }
  template <typename T>
  T Number() {
    uint64_t number = 0;
    if (!absl::SimpleAtoi(Next(), &number)) good_ = false;
    return static_cast<T>(number);
  }
  bool good() const { return good_; }
  bool at_end() const { return left_.empty(); }

 private:
  absl::string_view left_;
  bool good_ = true;
};

class LayerReader {
 public:
  explicit LayerReader(archive* handle) : archive_(handle) {}

  absl::Status Member(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) return absl::DataLossError("a name is broken");
    std::string path = AbsolutePath(name);
    if (path == "/etc/passwd") ReadText(layer_.passwd);
    if (path == "/etc/group") ReadText(layer_.groups);
    layer_.entries.emplace_back(std::move(path), FileOf(entry));
    if (layer_.entries.size() <= kMaxEntries &&
        archive_filter_bytes(archive_, 0) <= kMaxBytes) {
      return absl::OkStatus();
    }
    return absl::ResourceExhaustedError("the layer is too long");
  }

  LayerFacts Take() { return std::move(layer_); }

 private:
  void ReadText(std::string& text) {
    text.clear();
    std::vector<char> buffer(kBlock);
    la_ssize_t size;
    while (text.size() < kMaxAccounts &&
           (size = archive_read_data(archive_, buffer.data(), buffer.size())) >
               0) {
      text.append(buffer.data(), static_cast<size_t>(size));
    }
  }

  archive* const archive_;
  LayerFacts layer_;
};

}  // namespace

absl::StatusOr<LayerFacts> ReadLayer(const ByteSource& source) {
  std::unique_ptr<archive, ArchiveDeleter> handle(archive_read_new());
  archive_read_support_format_tar(handle.get());
  archive_read_support_format_empty(handle.get());
  archive_read_support_filter_gzip(handle.get());
  archive_read_support_filter_zstd(handle.get());
  Reader reader{source};
  const auto failed = [&] {
    if (!reader.failed.ok()) return reader.failed;
    const char* why = archive_error_string(handle.get());
    return absl::DataLossError(
        absl::StrCat("the layer is damaged: ", why != nullptr ? why : ""));
  };
  if (archive_read_open(handle.get(), &reader, nullptr, ReadBlock, nullptr) !=
      ARCHIVE_OK) {
    return failed();
  }
  LayerReader layer(handle.get());
  for (;;) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(handle.get(), &entry);
    if (code == ARCHIVE_EOF) break;
    // ARCHIVE_WARN: a name is not in the locale's encoding.
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return failed();
    RETURN_IF_ERROR(layer.Member(entry));
  }
  return layer.Take();
}

void AddLayer(const LayerFacts& layer, ImageFiles& files) {
  std::set<std::string> own;
  std::vector<std::string> opaque;
  for (const auto& [path, file] : layer.entries) {
    const size_t slash = path.rfind('/');
    const absl::string_view name = absl::string_view(path).substr(slash + 1);
    if (!absl::StartsWith(name, kWhiteout)) own.insert(path);
  }
  // Deletions are of the layers below, wherever in this one they are written.
  for (const auto& [path, file] : layer.entries) {
    const size_t slash = path.rfind('/');
    const std::string folder = path.substr(0, slash);
    absl::string_view name = absl::string_view(path).substr(slash + 1);
    if (name == kOpaque) {
      for (const std::string& child : ChildrenOf(folder, files)) {
        files.hidden.push_back(child);
      }
      DeleteBelow(folder, files);
    } else if (absl::ConsumePrefix(&name, kWhiteout)) {
      const std::string deleted = absl::StrCat(folder, "/", name);
      AddTree(deleted, files, files.deleted);
      Delete(deleted, files);
    }
  }
  KeepOtherNames(own, files);
  for (const auto& [path, file] : layer.entries) {
    if (own.count(path) > 0) Put(path, file, files);
  }
  // A file may have replaced a folder with names in it.
  KeepOtherNames({}, files);
  if (own.count("/etc/passwd") > 0) files.passwd = layer.passwd;
  if (own.count("/etc/group") > 0) files.groups = layer.groups;
  if (files.Find("/etc/passwd") == nullptr) files.passwd.clear();
  if (files.Find("/etc/group") == nullptr) files.groups.clear();
  for (std::vector<std::string>* gone : {&files.hidden, &files.deleted}) {
    gone->erase(std::remove_if(gone->begin(), gone->end(),
                               [&](const std::string& path) {
                                 return files.Find(path) != nullptr;
                               }),
                gone->end());
  }
}

std::string Encode(const LayerFacts& layer) {
  std::string bytes;
  const auto add = [&bytes](const auto& field) {
    absl::StrAppend(&bytes, field);
    bytes += '\0';
  };
  add(kMagic);
  add(layer.passwd);
  add(layer.groups);
  add(layer.entries.size());
  for (const auto& [path, file] : layer.entries) {
    add(path);
    add(static_cast<int>(file.type));
    add(file.mode);
    add(file.user);
    add(file.group);
    add(file.size);
    add(file.link);
    add(file.hard_link);
    add(file.has_capability ? 1 : 0);
  }
  add(kEnd);
  return bytes;
}

absl::StatusOr<LayerFacts> Decode(absl::string_view bytes) {
  const absl::Status damaged = absl::DataLossError("not a layer of this cache");
  Fields fields(bytes);
  if (fields.Next() != kMagic) return damaged;
  LayerFacts layer;
  layer.passwd = std::string(fields.Next());
  layer.groups = std::string(fields.Next());
  const auto count = fields.Number<size_t>();
  for (size_t i = 0; i < count && fields.good(); ++i) {
    std::string path(fields.Next());
    ImageFile file;
    file.type = static_cast<ImageFile::Type>(fields.Number<int>());
    file.mode = fields.Number<uint16_t>();
    file.user = fields.Number<uint32_t>();
    file.group = fields.Number<uint32_t>();
    file.size = fields.Number<uint64_t>();
    file.link = std::string(fields.Next());
    file.hard_link = std::string(fields.Next());
    file.has_capability = fields.Number<int>() != 0;
    layer.entries.emplace_back(std::move(path), std::move(file));
  }
  if (fields.Next() != kEnd || !fields.good() || !fields.at_end()) {
    return damaged;
  }
  return layer;
}

}  // namespace ovenbird::registry
