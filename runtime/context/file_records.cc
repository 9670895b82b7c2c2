#include "runtime/context/file_records.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <type_traits>

#include "absl/strings/match.h"
#include "runtime/base/file.h"
#include "runtime/base/regular_file.h"

namespace ovenbird::context {
namespace {

// Of this machine's byte order; another one does not know the mark.
constexpr uint64_t kMark = 0x32656c69662d766fULL;  // "ov-file2"

// Those of ten million files.
constexpr uint64_t kMostBytes = uint64_t{2} << 30;

struct Header {
  uint64_t mark;
  uint64_t records;
  uint64_t text_size;
};

template <typename T>
absl::string_view Bytes(const std::vector<T>& items) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(items.data()),
          items.size() * sizeof(T)};
}

// Fills `items` from the front of `rest`; false when that is too short.
template <typename T>
bool TakeItems(uint64_t count, absl::string_view& rest, std::vector<T>& items) {
  if (count > rest.size() / sizeof(T)) return false;
  items.resize(count);
  if (count == 0) return true;  // memcpy wants places even for nothing
  memcpy(items.data(), rest.data(), count * sizeof(T));
  rest.remove_prefix(count * sizeof(T));
  return true;
}

size_t SharedSize(absl::string_view a, absl::string_view b) {
  const size_t most = std::min({a.size(), b.size(), size_t{UINT16_MAX}});
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + most, b.begin()).first - a.begin());
}

}  // namespace

int ComparePaths(absl::string_view a, absl::string_view b) {
  const size_t shared = static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + std::min(a.size(), b.size()),
                    b.begin())
          .first -
      a.begin());
  // A slash sorts before every byte of a name, the end before all.
  const auto rank = [shared](absl::string_view path) {
    if (shared == path.size()) return -1;
    return path[shared] == '/' ? 0 : 1 + static_cast<uint8_t>(path[shared]);
  };
  return rank(a) - rank(b);
}

void FileRecords::Add(absl::string_view path, const FileRecord& record) {
  const size_t shared = SharedSize(last_, path);
  names_.push_back({static_cast<uint32_t>(text_.size()),
                    static_cast<uint16_t>(shared),
                    static_cast<uint16_t>(path.size() - shared)});
  text_.append(path.data() + shared, path.size() - shared);
  last_.assign(path.data(), path.size());
  records_.push_back(record);
}

bool FileRecords::IsFileOf(const std::string& path) {
  uint64_t mark = 0;
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(&mark), sizeof(mark));
  return file.gcount() == sizeof(mark) && mark == kMark;
}

FileRecords FileRecords::Load(const std::string& path) {
  const absl::StatusOr<std::string> file = ReadRegularFile(path, kMostBytes);
  if (!file.ok() || file->size() < sizeof(Header) + sizeof(Sha256Digest)) {
    return {};
  }
  absl::string_view rest = *file;
  const absl::string_view digest = rest.substr(rest.size() - 32);
  rest.remove_suffix(32);
  const Sha256Digest expected = Sha256Of(rest);
  if (memcmp(digest.data(), expected.data(), expected.size()) != 0) return {};
  Header header;
  memcpy(&header, rest.data(), sizeof header);
  rest.remove_prefix(sizeof header);
  FileRecords records;
  if (header.mark != kMark ||
      !TakeItems(header.records, rest, records.records_) ||
      !TakeItems(header.records, rest, records.names_) ||
      rest.size() != header.text_size) {
    return {};
  }
  records.text_ = std::string(rest);
  return records;
}

absl::Status FileRecords::Save(const std::string& path) const {
  const Header header = {kMark, records_.size(), text_.size()};
  std::string file;
  file.reserve(sizeof header +
               records_.size() * (sizeof(FileRecord) + sizeof(Name)) +
               text_.size() + 32);
  file.append(reinterpret_cast<const char*>(&header), sizeof header);
  for (absl::string_view part :
       {Bytes(records_), Bytes(names_), absl::string_view(text_)}) {
    file.append(part.data(), part.size());
  }
  const Sha256Digest digest = Sha256Of(file);
  file.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  // Digests tell who guesses what a file contains.
  constexpr mode_t kOwnerOnly = 0600;
  return ReplaceFile(path, file, kOwnerOnly);
}

FileRecords::Reader::Reader(const FileRecords& records) : records_(records) {
  if (!done()) ReadPath();
}

void FileRecords::Reader::ReadPath() {
  const Name& name = records_.names_[index_];
  path_.resize(std::min<size_t>(name.shared, path_.size()));
  path_.append(records_.text_, name.offset, name.size);
}

void FileRecords::Reader::Next() {
  ++index_;
  if (!done()) ReadPath();
}

const FileRecord* FileRecords::Reader::Find(absl::string_view path) {
  while (!done()) {
    const int order = ComparePaths(path_, path);
    if (order == 0) return &record();
    if (order > 0) return nullptr;
    Next();
  }
  return nullptr;
}

namespace {

void CompareOne(const std::string& path, const FileRecord& before,
                const FileRecord& after, std::vector<FileChange>& changes) {
  if (before.type != after.type) {
    changes.push_back({FileChange::kType, path});
  } else if (before.digest != after.digest) {
    changes.push_back({FileChange::kContent, path});
  } else if (before.mode != after.mode) {
    changes.push_back({FileChange::kMode, path});
  }
}

}  // namespace

std::vector<FileChange> CompareRecords(const FileRecords& before,
                                       const FileRecords& after) {
  std::vector<FileChange> changes;
  FileRecords::Reader old(before);
  FileRecords::Reader now(after);
  while (!old.done() || !now.done()) {
    const int order = old.done()   ? 1
                      : now.done() ? -1
                                   : ComparePaths(old.path(), now.path());
    if (order < 0) {
      changes.push_back({FileChange::kRemoved, old.path()});
      old.Next();
    } else if (order > 0) {
      changes.push_back({FileChange::kAdded, now.path()});
      now.Next();
    } else {
      CompareOne(now.path(), old.record(), now.record(), changes);
      old.Next();
      now.Next();
    }
  }
  return changes;
}

}  // namespace ovenbird::context
