#include "runtime/context/parts.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"

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

// The folders above the part, and what its copies are made of, are in the
// layer, too.
std::string KeyOf(const Delta& content, const FileRecords& all,
                  const FileRecords& part) {
  Sha256 sha;
  sha.Update("1 gzip");  // the version of the format
  for (FileRecords::Reader reader(part); !reader.done(); reader.Next()) {
    Add(reader.path(), reader.record(), sha);
  }
  FileRecords::Reader reader(all);
  PathCursor cursor(content.listing);
  for (size_t i = 0; i < content.listing.size(); ++i) {
    const absl::string_view path = cursor.At(i);
    if (const FileRecord* record = reader.Find(path)) Add(path, *record, sha);
  }
  return ToHex(sha.Finish());
}

}  // namespace

std::vector<FileRecords> CutIntoParts(const FileRecords& all,
                                      uint64_t part_size) {
  std::vector<FileRecords> parts(1);
  uint64_t size = 0;
  for (FileRecords::Reader reader(all); !reader.done(); reader.Next()) {
    const uint64_t added = SizeOf(reader.record());
    // Some ends are expected in the second half of a part.
    const double chance =
        8 * static_cast<double>(added) / static_cast<double>(part_size);
    if (size >= part_size ||
        (size >= part_size / 2 && NumberOf(reader.path()) < chance)) {
      parts.emplace_back();
      size = 0;
    }
    parts.back().Add(reader.path(), reader.record());
    size += added;
  }
  return parts;
}

uint64_t PartSizeFor(uint64_t size, size_t files, uint64_t part_size) {
  const uint64_t all = size + kHeader * files;
  // Parts may have half of the size.
  while (all / (part_size / 2) >= kMostParts) part_size *= 2;
  return part_size;
}

absl::StatusOr<Part> MakePart(const Listing& listing,
                              const std::vector<MemoryFile>& files,
                              const FileRecords& all, const FileRecords& part) {
  Part result;
  ASSIGN_OR_RETURN(result.content,
                   MakeDelta(listing, files, FileRecords(), part));
  result.key = KeyOf(result.content, all, part);
  return result;
}

}  // namespace ovenbird::context
