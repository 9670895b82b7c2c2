#include "runtime/context/fingerprint.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/thread.h"
#include "runtime/context/entry_reader.h"
#include "runtime/context/owner.h"

namespace ovenbird::context {
namespace {

// File systems round times, at most to this (FAT). A file that was written
// within it before it was read may be written again without another time.
constexpr int64_t kSettleSeconds = 2;
constexpr size_t kBufferSize = 128 << 10;
constexpr size_t kMaxThreads = 4;
// So many files for each thread, or it is not worth one.
constexpr size_t kFilesPerThread = 200;

int64_t Now() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec;
}

FileRecord ToRecord(const Entry& entry, int64_t now) {
  FileRecord record;
  record.size = entry.size;
  record.inode = entry.inode;
  record.mtime_s = entry.mtime_s;
  record.mtime_ns = entry.mtime_ns;
  record.ctime_s = entry.ctime_s;
  record.ctime_ns = entry.ctime_ns;
  record.type = entry.type;
  if (entry.type != EntryType::kSymlink) record.mode = entry.mode;
  record.settled =
      std::max(entry.mtime_s, entry.ctime_s) < now - kSettleSeconds;
  return record;
}

FileRecord ToRecord(const MemoryFile& file) {
  FileRecord record;
  record.size = file.content.size();
  record.mode = file.mode.value_or(file.executable ? 0755 : 0644);
  if (!file.copy_of.empty() || file.folder) {
    record.mode = file.mode.value_or(0);
  }
  if (file.folder) record.type = EntryType::kFolder;
  if (!file.link_target.empty()) record.type = EntryType::kSymlink;
  // What the entry is like is in its own record.
  const std::string& what = !file.copy_of.empty()       ? file.copy_of
                            : !file.link_target.empty() ? file.link_target
                                                        : file.content;
  record.digest = Sha256Of(
      file.owner == Owner()
          ? what
          : absl::StrCat(file.owner.user, ":", file.owner.group, "\n", what));
  return record;
}

// Files in the order of paths; the listing's place of each is not needed: the
// fingerprint is over what is there in the end, in order.
std::vector<const MemoryFile*> Sorted(const std::vector<MemoryFile>& files) {
  std::vector<const MemoryFile*> sorted;
  for (const MemoryFile& file : files) sorted.push_back(&file);
  std::sort(sorted.begin(), sorted.end(),
            [](const MemoryFile* a, const MemoryFile* b) {
              return ComparePaths(a->path, b->path) < 0;
            });
  return sorted;
}

// Content of the files that are not known, on several threads.
class Hasher {
 public:
  Hasher(const Listing& listing, std::vector<uint32_t> files)
      : listing_(listing), files_(std::move(files)), digests_(files_.size()) {}

  absl::Status Run() {
    const size_t count =
        std::clamp<size_t>(std::min<size_t>(std::thread::hardware_concurrency(),
                                            files_.size() / kFilesPerThread),
                           1, kMaxThreads);
    std::vector<absl::Status> results(
        count, absl::ResourceExhaustedError("there is no more memory"));
    std::vector<Thread> threads(count);
    for (size_t i = 1; i < count; ++i) {
      const auto work = [this, &results, i] { results[i] = Work(); };
      if (!StartThread(threads[i], work, NobodyWaits).ok()) {
        results[i] = absl::OkStatus();
      }
    }
    results[0] = Work();
    for (Thread& thread : threads) Join(thread);
    for (const absl::Status& result : results) RETURN_IF_ERROR(result);
    return absl::OkStatus();
  }

  const std::vector<Sha256Digest>& digests() const { return digests_; }

 private:
  // Neighbours go to one thread: they share folders.
  static constexpr size_t kBatch = 64;

  absl::Status Work() {
    EntryReader reader(&listing_);
    Sha256 sha;
    std::vector<char> buffer(kBufferSize);
    for (;;) {
      const size_t begin = next_.fetch_add(kBatch);
      if (begin >= files_.size() || failed_) return absl::OkStatus();
      const size_t end = std::min(begin + kBatch, files_.size());
      for (size_t i = begin; i < end; ++i) {
        absl::Status status = Hash(reader, files_[i], buffer, sha);
        if (!status.ok()) {
          failed_ = true;
          return status;
        }
        digests_[i] = sha.Finish();
      }
    }
  }

  static absl::Status Hash(EntryReader& reader, uint32_t file,
                           std::vector<char>& buffer, Sha256& sha) {
    RETURN_IF_ERROR(reader.Open(file));
    for (;;) {
      ASSIGN_OR_RETURN(const size_t n,
                       reader.Read(buffer.data(), buffer.size()));
      if (n == 0) return absl::OkStatus();
      sha.Update(absl::string_view(buffer.data(), n));
    }
  }

  const Listing& listing_;
  const std::vector<uint32_t> files_;
  std::vector<Sha256Digest> digests_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
};

// One line of what is hashed. Lengths stand before strings, so that different
// contexts cannot give the same bytes.
void AppendRecord(absl::string_view path, const FileRecord& record,
                  std::string& out) {
  const char head[3] = {"fdl"[static_cast<int>(record.type)],
                        static_cast<char>(record.mode >> 8),
                        static_cast<char>(record.mode)};
  out.append(head, sizeof head);
  for (int shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>(path.size() >> shift);
  }
  out.append(path.data(), path.size());
  if (record.type == EntryType::kFolder) return;
  out.append(reinterpret_cast<const char*>(record.digest.data()),
             record.digest.size());
}

class Fingerprinter {
 public:
  Fingerprinter(const Listing& listing, const std::vector<MemoryFile>& files,
                const FileRecords& known)
      : listing_(listing), added_(Sorted(files)), known_(known) {}

  absl::StatusOr<Fingerprint> Run() {
    LookUp();
    if (!unknown_.empty()) RETURN_IF_ERROR(ReadUnknown());
    return Collect();
  }

 private:
  // The records that need no reading.
  void LookUp() {
    const int64_t now = Now();
    records_.reserve(listing_.size());
    PathCursor cursor(listing_);
    FileRecords::Reader known(known_);
    size_t added = 0;
    for (uint32_t i = 0; i < listing_.size(); ++i) {
      const Entry& entry = listing_[i];
      const absl::string_view path = cursor.At(i);
      while (added < added_.size() &&
             ComparePaths(added_[added]->path, path) < 0) {
        ++added;
      }
      const bool replaced =
          added < added_.size() && added_[added]->path == path;
      records_.push_back(ToRecord(entry, now));
      if (replaced || entry.type == EntryType::kFolder) continue;
      if (entry.type == EntryType::kSymlink) {
        records_.back().digest = Sha256Of(listing_.LinkTarget(i));
        continue;
      }
      const FileRecord* before = known.Find(path);
      if (before != nullptr && before->Fits(entry)) {
        records_.back().digest = before->digest;
      } else {
        unknown_.push_back(i);
      }
    }
  }

  absl::Status ReadUnknown() {
    Hasher hasher(listing_, unknown_);
    RETURN_IF_ERROR(hasher.Run());
    for (size_t i = 0; i < unknown_.size(); ++i) {
      records_[unknown_[i]].digest = hasher.digests()[i];
    }
    return absl::OkStatus();
  }

  // Puts the added files among the others.
  Fingerprint Collect() {
    Fingerprint result;
    result.files_read = unknown_.size();
    PathCursor cursor(listing_);
    size_t added = 0;
    for (uint32_t i = 0; i < listing_.size(); ++i) {
      const absl::string_view path = cursor.At(i);
      while (added < added_.size() &&
             ComparePaths(added_[added]->path, path) < 0) {
        AddFile(*added_[added++], result);
      }
      if (added < added_.size() && added_[added]->path == path) {
        AddFile(*added_[added++], result);
      } else {
        Add(path, records_[i], result);
      }
    }
    while (added < added_.size()) AddFile(*added_[added++], result);
    sha_.Update(text_);
    result.digest = sha_.Finish();
    return result;
  }

  void AddFile(const MemoryFile& file, Fingerprint& result) {
    Add(file.path, ToRecord(file), result);
  }

  void Add(absl::string_view path, const FileRecord& record,
           Fingerprint& result) {
    result.records.Add(path, record);
    AppendRecord(path, record, text_);
    if (text_.size() < kBufferSize) return;
    sha_.Update(text_);
    text_.clear();
  }

  const Listing& listing_;
  const std::vector<const MemoryFile*> added_;
  const FileRecords& known_;
  std::vector<FileRecord> records_;
  std::vector<uint32_t> unknown_;
  Sha256 sha_;
  std::string text_;
};

}  // namespace

absl::StatusOr<Fingerprint> ComputeFingerprint(
    const Listing& listing, const std::vector<MemoryFile>& files,
    const FileRecords& known) {
  return Fingerprinter(listing, files, known).Run();
}

}  // namespace ovenbird::context
