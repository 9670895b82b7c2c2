#include "runtime/context/delta.h"

#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::context {
namespace {

constexpr char kWhiteout[] = ".wh.";

struct InOrder {
  bool operator()(const std::string& a, const std::string& b) const {
    return ComparePaths(a, b) < 0;
  }
};

// Calls `take` with each folder that contains the path, the top one first.
template <typename Take>
void ForEachFolderOf(absl::string_view path, const Take& take) {
  for (size_t end = path.find('/'); end != path.npos;
       end = path.find('/', end + 1)) {
    take(std::string(path.substr(0, end)));
  }
}

bool IsBelow(absl::string_view path, absl::string_view folder) {
  return !folder.empty() && path.size() > folder.size() &&
         path[folder.size()] == '/' && absl::StartsWith(path, folder);
}

absl::string_view NameOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

// What unpacking shows of a record.
bool UnpackAlike(const FileRecord& a, const FileRecord& b) {
  return a.type == b.type && a.mode == b.mode && a.size == b.size &&
         a.mtime_s == b.mtime_s && a.digest == b.digest;
}

// The folders that the archive adds, because no entry and no file is there.
std::set<std::string, InOrder> AddedFolders(
    const Listing& listing, const std::vector<MemoryFile>& files) {
  std::set<std::string, InOrder> folders;
  for (const MemoryFile& file : files) {
    ForEachFolderOf(file.path,
                    [&](std::string path) { folders.insert(std::move(path)); });
  }
  for (const MemoryFile& file : files) folders.erase(file.path);
  if (folders.empty()) return folders;
  PathCursor cursor(listing);
  for (size_t i = 0; i < listing.size(); ++i) {
    folders.erase(std::string(cursor.At(i)));
  }
  return folders;
}

// A copy changes with what it is a copy of.
class Copies {
 public:
  Copies(const std::vector<MemoryFile>& files, const FileRecords& content) {
    for (const MemoryFile& file : files) {
      if (!file.copy_of.empty()) sources_[file.copy_of] = FileRecord();
    }
    if (sources_.empty()) return;
    for (FileRecords::Reader reader(content); !reader.done(); reader.Next()) {
      const auto found = sources_.find(reader.path());
      if (found != sources_.end()) found->second = reader.record();
    }
    for (const MemoryFile& file : files) {
      if (!file.copy_of.empty()) copies_[file.path] = &sources_[file.copy_of];
    }
  }

  FileRecord Complete(absl::string_view path, FileRecord record) const {
    const auto found = copies_.find(path);
    if (found == copies_.end()) return record;
    const FileRecord& source = *found->second;
    record.size = source.size;
    record.mtime_s = source.mtime_s;
    record.digest =
        Sha256Of(absl::StrCat(ToHex(record.digest), ToHex(source.digest),
                              source.mode, static_cast<int>(source.type)));
    return record;
  }

 private:
  HashMap<std::string, FileRecord> sources_;
  HashMap<std::string, const FileRecord*> copies_;
};

// Goes through two lists of records together, and collects what differs.
class Comparison {
 public:
  Comparison(const FileRecords& before, const FileRecords& after)
      : before_(before), after_(after) {
    while (!before_.done() || !after_.done()) Step();
  }

  const HashSet<std::string>& changed() const { return changed_; }
  const std::vector<std::string>& removed() const { return removed_; }
  uint64_t hidden_bytes() const { return hidden_bytes_; }

 private:
  void Step() {
    const int order = before_.done() ? 1
                      : after_.done()
                          ? -1
                          : ComparePaths(before_.path(), after_.path());
    if (order < 0) {
      Remove();
      before_.Next();
      return;
    }
    if (order > 0) {
      changed_.insert(after_.path());
      after_.Next();
      return;
    }
    if (!UnpackAlike(before_.record(), after_.record())) Change();
    before_.Next();
    after_.Next();
  }

  void Remove() {
    hidden_bytes_ +=
        before_.record().type == EntryType::kFile ? before_.record().size : 0;
    if (IsBelow(before_.path(), gone_)) return;
    gone_ = before_.path();
    removed_.push_back(gone_);
  }

  void Change() {
    changed_.insert(after_.path());
    const FileRecord& old = before_.record();
    if (old.type == EntryType::kFile) hidden_bytes_ += old.size;
    // What replaces a folder hides what was in it.
    if (old.type == EntryType::kFolder &&
        after_.record().type != EntryType::kFolder) {
      gone_ = before_.path();
    }
  }

  FileRecords::Reader before_;
  FileRecords::Reader after_;
  HashSet<std::string> changed_;
  std::vector<std::string> removed_;
  std::string gone_;  // a folder that is no longer there
  uint64_t hidden_bytes_ = 0;
};

// An empty file whose name says what is not there any more.
MemoryFile WhiteoutOf(const std::string& path) {
  const absl::string_view name = NameOf(path);
  MemoryFile file;
  file.path =
      absl::StrCat(path.substr(0, path.size() - name.size()), kWhiteout, name);
  return file;
}

}  // namespace

FileRecords UnpackedRecords(const Listing& listing,
                            const std::vector<MemoryFile>& files,
                            const FileRecords& content) {
  const std::set<std::string, InOrder> added = AddedFolders(listing, files);
  const Copies copies(files, content);
  FileRecord folder;
  folder.type = EntryType::kFolder;
  folder.mode = 0755;
  FileRecords all;
  auto next = added.begin();
  for (FileRecords::Reader reader(content); !reader.done(); reader.Next()) {
    while (next != added.end() && ComparePaths(*next, reader.path()) < 0) {
      all.Add(*next++, folder);
    }
    all.Add(reader.path(), copies.Complete(reader.path(), reader.record()));
  }
  while (next != added.end()) all.Add(*next++, folder);
  return all;
}

absl::StatusOr<Delta> MakeDelta(const Listing& listing,
                                const std::vector<MemoryFile>& files,
                                const FileRecords& before,
                                const FileRecords& after) {
  RETURN_IF_ERROR(CheckForLayer(after));
  const Comparison comparison(before, after);
  Delta delta;
  delta.changed = comparison.changed().size();
  delta.removed = comparison.removed().size();
  delta.hidden_bytes = comparison.hidden_bytes();
  // Folders are sent with what is in them: the archive would add them as new
  // ones otherwise.
  HashSet<std::string> needed;
  const auto need = [&](std::string path) { needed.insert(std::move(path)); };
  for (const MemoryFile& file : files) {
    if (!comparison.changed().contains(file.path)) continue;
    delta.files.push_back(file);
    ForEachFolderOf(file.path, need);
    need(file.path);
    if (!file.copy_of.empty()) need(file.copy_of);
  }
  for (const std::string& path : comparison.removed()) {
    delta.files.push_back(WhiteoutOf(path));
    ForEachFolderOf(path, need);
  }
  std::vector<bool> keep(listing.size());
  PathCursor cursor(listing);
  for (size_t i = 0; i < listing.size(); ++i) {
    const absl::string_view path = cursor.At(i);
    keep[i] = comparison.changed().contains(path) || needed.contains(path);
  }
  delta.listing = listing.Select(keep);
  return delta;
}

absl::Status CheckForLayer(const FileRecords& records) {
  for (FileRecords::Reader reader(records); !reader.done(); reader.Next()) {
    if (!absl::StartsWith(NameOf(reader.path()), kWhiteout)) continue;
    return absl::UnimplementedError(absl::StrCat(
        "`", reader.path(), "` has a name that layers of images reserve"));
  }
  return absl::OkStatus();
}

uint64_t ContentSize(const FileRecords& records) {
  uint64_t size = 0;
  for (FileRecords::Reader reader(records); !reader.done(); reader.Next()) {
    if (reader.record().type == EntryType::kFile) size += reader.record().size;
  }
  return size;
}

}  // namespace ovenbird::context
