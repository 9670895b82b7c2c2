#include "runtime/context/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::context {
namespace {

constexpr size_t kBlockSize = 64 << 10;

struct FreeReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
struct FreeWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
using Reader = std::unique_ptr<archive, FreeReader>;
using Writer = std::unique_ptr<archive, FreeWriter>;

absl::StatusOr<std::string> Head(const std::string& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "rb"),
                                                   fclose);
  if (!file) return FileError(errno, "read", path);
  char head[6];
  return std::string(head, fread(head, 1, sizeof head, file.get()));
}

bool IsRare(absl::string_view head) {
  return absl::StartsWith(head, absl::string_view("\xFD"
                                                  "7zXZ\0",
                                                  6)) ||
         absl::StartsWith(head, "\x28\xB5\x2F\xFD");
}

bool IsPacked(absl::string_view head) {
  return IsRare(head) || absl::StartsWith(head, "\x1F\x8B\x08") ||
         absl::StartsWith(head, "BZh");
}

// Null: no archive that ADD unpacks.
Reader Open(const std::string& path, archive_entry** entry) {
  Reader reader(archive_read_new());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlockSize) !=
      ARCHIVE_OK) {
    return nullptr;
  }
  // ARCHIVE_WARN: the name is not in the locale's encoding.
  const int header = archive_read_next_header(reader.get(), entry);
  return header == ARCHIVE_OK || header == ARCHIVE_WARN ? std::move(reader)
                                                        : nullptr;
}

absl::Status Error(archive* from, const std::string& path) {
  return absl::DataLossError(
      absl::StrCat("`", path, "`: ", archive_error_string(from)));
}

struct Output {
  std::string text;
  uint64_t max_size;
};

la_ssize_t Append(archive* writer, void* output, const void* data,
                  size_t size) {
  auto& to = *static_cast<Output*>(output);
  if (to.text.size() + size > to.max_size) {
    const std::string text =
        absl::StrCat("repacked, it has more than ", to.max_size, " bytes");
    archive_set_error(writer, EFBIG, "%s", text.c_str());
    return -1;
  }
  to.text.append(static_cast<const char*>(data), size);
  return static_cast<la_ssize_t>(size);
}

absl::Status CopyEntry(archive* from, archive* to, archive_entry* entry,
                       const std::string& path) {
  if (archive_write_header(to, entry) < ARCHIVE_WARN) return Error(to, path);
  std::vector<char> buffer(kBlockSize);
  for (;;) {
    const la_ssize_t size =
        archive_read_data(from, buffer.data(), buffer.size());
    if (size < 0) return Error(from, path);
    if (size == 0) return absl::OkStatus();
    if (archive_write_data(to, buffer.data(), static_cast<size_t>(size)) < 0) {
      return Error(to, path);
    }
  }
}

void SetOwner(std::optional<Owner> owner, archive_entry* entry) {
  if (!owner) return;
  archive_entry_set_uid(entry, owner->user);
  archive_entry_set_gid(entry, owner->group);
  archive_entry_set_uname(entry, nullptr);
  archive_entry_set_gname(entry, nullptr);
}

constexpr mode_t kFolderMode = 0755;

bool IsFolder(archive_entry* entry) {
  return archive_entry_filetype(entry) == AE_IFDIR &&
         archive_entry_hardlink(entry) == nullptr;
}

bool IsRoots(archive_entry* entry) {
  return archive_entry_uid(entry) == 0 && archive_entry_gid(entry) == 0;
}

bool IsOpen(archive_entry* folder) {
  return archive_entry_perm(folder) == kFolderMode;
}

// A path of the archive below the target; "" for the target. Nothing leads out.
std::string Below(absl::string_view path) {
  return CleanPath(absl::StrCat("/", path)).substr(1);
}

// Null-safe: some names cannot be written in the locale.
std::string NameOf(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  if (name == nullptr) name = archive_entry_pathname_utf8(entry);
  return name == nullptr ? "" : name;
}

bool HasDots(absl::string_view path) {
  return absl::StrContains(absl::StrCat("/", path, "/"), "/../");
}

bool LeadsOut(archive_entry* entry) {
  const char* link = archive_entry_hardlink(entry);
  return HasDots(NameOf(entry)) || (link != nullptr && HasDots(link));
}

// Folders that are there when an entry is unpacked, because of entries before.
class Made {
 public:
  // Whether the folder that `path` is in may have to be made.
  bool MayLackParent(const std::string& path) const {
    return folders_.count(Parent(path)) == 0;
  }
  void Add(const std::string& path, bool folder) {
    if (folder) folders_.insert(path);
    for (std::string at = path; !at.empty();) {
      at = Parent(at);
      folders_.insert(at);
    }
  }
  // Whether the archive has entries for all folders on the way to the path.
  bool IsNamed(const std::string& path, bool folder) {
    const bool named = path.empty() || named_.count(Parent(path)) > 0;
    if (named && folder) named_.insert(path);
    return named;
  }

 private:
  static std::string Parent(const std::string& path) {
    const size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
  }

  std::set<std::string> folders_;
  std::set<std::string> named_ = {""};
};

void Inspect(archive_entry* entry, Made& made, ArchiveFile& file) {
  const std::string path = Below(NameOf(entry));
  const bool folder = IsFolder(entry);
  if (path.empty() && folder) {
    (IsOpen(entry) && IsRoots(entry) ? file.plain_top : file.needs_repack) =
        true;
  } else if (LeadsOut(entry) ||
             (folder && made.MayLackParent(path) && !IsOpen(entry))) {
    file.needs_repack = true;
  }
  made.Add(path, folder);
  if (folder && !path.empty()) file.folders.push_back(path);
  const bool named = made.IsNamed(path, folder);
  switch (archive_entry_filetype(entry)) {
    case AE_IFIFO:
    case AE_IFCHR:
    case AE_IFBLK:
      if (file.special.empty()) file.special = path;
      break;
    case AE_IFLNK:
      if (file.link.empty()) file.link = path;
      if (file.owned_link.empty() && !IsRoots(entry)) file.owned_link = path;
      break;
    case AE_IFREG:
      if (file.file.empty() && named) file.file = path;
      break;
    default:
      break;
  }
}

// Writes a folder with the mode that its parents have to get.
void WriteTwin(archive* to, archive_entry* folder) {
  archive_entry* twin = archive_entry_clone(folder);
  archive_entry_set_perm(twin, kFolderMode);
  archive_write_header(to, twin);
  archive_entry_free(twin);
}

void StayInTarget(archive_entry* entry) {
  if (!LeadsOut(entry)) return;
  archive_entry_copy_pathname(entry, Below(NameOf(entry)).c_str());
  const char* link = archive_entry_hardlink(entry);
  if (link == nullptr) return;
  archive_entry_copy_hardlink(entry, Below(link).c_str());
}

absl::Status RepackEntry(archive* from, archive* to, archive_entry* entry,
                         std::optional<Owner> owner, Made& made,
                         const std::string& path) {
  const std::string name = Below(NameOf(entry));
  const bool folder = IsFolder(entry);
  if (name.empty()) return absl::OkStatus();
  StayInTarget(entry);
  SetOwner(owner, entry);
  if (folder && made.MayLackParent(name) && !IsOpen(entry)) {
    WriteTwin(to, entry);
  }
  made.Add(name, folder);
  return CopyEntry(from, to, entry, path);
}

}  // namespace

absl::StatusOr<ArchiveFile> ProbeArchive(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string head, Head(path));
  ArchiveFile file;
  archive_entry* entry = nullptr;
  const Reader reader = Open(path, &entry);
  if (!reader) {
    if (IsPacked(head)) file.kind = ArchiveFile::kPacked;
    return file;
  }
  file.kind = ArchiveFile::kTar;
  file.rare_compression = IsRare(head);
  Made made;
  int more = ARCHIVE_OK;
  while (more == ARCHIVE_OK || more == ARCHIVE_WARN) {
    Inspect(entry, made, file);
    more = archive_read_next_header(reader.get(), &entry);
  }
  return file;
}

absl::StatusOr<std::string> RepackArchive(const std::string& path,
                                          std::optional<Owner> owner,
                                          uint64_t max_size) {
  archive_entry* entry = nullptr;
  const Reader reader = Open(path, &entry);
  if (!reader)
    return absl::DataLossError(absl::StrCat("`", path, "`: not a tar"));
  Output output{"", max_size};
  {
    const Writer writer(archive_write_new());
    archive_write_set_format_pax_restricted(writer.get());
    archive_write_set_bytes_per_block(writer.get(), 0);
    archive_write_open2(writer.get(), &output, nullptr, Append, nullptr,
                        nullptr);
    Made made;
    int more = ARCHIVE_OK;
    while (more == ARCHIVE_OK || more == ARCHIVE_WARN) {
      RETURN_IF_ERROR(
          RepackEntry(reader.get(), writer.get(), entry, owner, made, path));
      more = archive_read_next_header(reader.get(), &entry);
    }
    if (more != ARCHIVE_EOF) return Error(reader.get(), path);
    if (archive_write_close(writer.get()) != ARCHIVE_OK) {
      return Error(writer.get(), path);
    }
  }
  return std::move(output.text);
}

}  // namespace ovenbird::context
