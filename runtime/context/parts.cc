#include "runtime/context/parts.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/sha256.h"

namespace ovenbird::context {
namespace {

// In an archive each entry has a header.
constexpr uint64_t kHeader = 512;

uint64_t SizeOf(const FileRecord& record) {
  return kHeader + (record.type == EntryType::kFile ? record.size : 0);
}

// Returns a number in [0, 1) that looks random and depends on the path alone.
double NumberOf(absl::string_view path) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : path) {
    hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  }
  // The upper bits of FNV differ little for names that differ at their end.
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93;
  return static_cast<double>(hash >> 11) / static_cast<double>(1ull << 53);
}

// Adds what unpacking shows of a record.
void Add(absl::string_view path, const FileRecord& record, Sha256& sha) {
  sha.Update(absl::StrCat(path.size(), ":", path, ":",
                          static_cast<int>(record.type), ":", record.mode, ":",
                          record.size, ":", record.mtime_s, ":"));
  sha.Update(
      absl::string_view(reinterpret_cast<const char*>(record.digest.data()),
                        record.digest.size()));
}

bool IsBelow(absl::string_view path, absl::string_view folder) {
  return path.size() > folder.size() && path[folder.size()] == '/' &&
         absl::StartsWith(path, folder);
}

// Cuts records that come one after the other.
class Cutter {
 public:
  Cutter(const FileRecords& all, const std::vector<MemoryFile>& files,
         uint64_t part_size)
      : part_size_(part_size) {
    for (const MemoryFile& file : files) {
      if (!file.copy_of.empty()) copies_.insert(file.path);
    }
    if (!copies_.empty()) folders_ = DigestOfFolders(all);
    Start();
  }

  void Take(const std::string& path, const FileRecord& record) {
    while (!above_.empty() && !IsBelow(path, above_.back().first)) {
      above_.pop_back();
    }
    const uint64_t added = SizeOf(record);
    // Some ends are expected in the second half of a part.
    const double chance =
        8 * static_cast<double>(added) / static_cast<double>(part_size_);
    if (size_ >= part_size_ ||
        (size_ >= part_size_ / 2 && NumberOf(path) < chance)) {
      End();
      Start();
    }
    parts_.back().records.Add(path, record);
    size_ += added;
    Add(path, record, key_);
    // What is copied, and the folders above that, are in the layer, too.
    if (copies_.contains(path)) key_.Update(folders_);
    if (record.type == EntryType::kFolder) above_.emplace_back(path, record);
  }

  std::vector<Part> Finish() {
    End();
    return std::move(parts_);
  }

 private:
  static std::string DigestOfFolders(const FileRecords& all) {
    Sha256 sha;
    for (FileRecords::Reader reader(all); !reader.done(); reader.Next()) {
      if (reader.record().type != EntryType::kFolder) continue;
      Add(reader.path(), reader.record(), sha);
    }
    return ToHex(sha.Finish());
  }

  void Start() {
    parts_.emplace_back();
    size_ = 0;
    key_.Update("1 gzip\n");  // the version of the format
    // The folders above the part are in its layer.
    for (const auto& [path, record] : above_) Add(path, record, key_);
  }
  void End() { parts_.back().key = ToHex(key_.Finish()); }

  const uint64_t part_size_;
  HashSet<std::string> copies_;
  std::string folders_;
  std::vector<Part> parts_;
  // Of the part that grows.
  uint64_t size_ = 0;
  Sha256 key_;
  // The folders that the path before is in, the top one first.
  std::vector<std::pair<std::string, FileRecord>> above_;
};

}  // namespace

std::vector<Part> CutIntoParts(const FileRecords& all,
                               const std::vector<MemoryFile>& files,
                               uint64_t part_size) {
  Cutter cutter(all, files, part_size);
  for (FileRecords::Reader reader(all); !reader.done(); reader.Next()) {
    cutter.Take(reader.path(), reader.record());
  }
  return cutter.Finish();
}

uint64_t PartSizeFor(uint64_t size, size_t files, uint64_t part_size) {
  const uint64_t all = size + kHeader * files;
  // Parts may have half of the size.
  while (all / (part_size / 2) >= kMostParts) part_size *= 2;
  return part_size;
}

absl::StatusOr<Delta> LayerOf(const Listing& listing,
                              const std::vector<MemoryFile>& files,
                              const Part& part) {
  return MakeDelta(listing, files, FileRecords(), part.records);
}

}  // namespace ovenbird::context
