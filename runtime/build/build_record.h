// What the images were built from the last time: stored next to the config, so
// that the next run can skip unchanged images, or print what has changed.
#ifndef OVENBIRD_RUNTIME_BUILD_BUILD_RECORD_H_
#define OVENBIRD_RUNTIME_BUILD_BUILD_RECORD_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/file_lock.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/context/file_records.h"

namespace ovenbird::build {

// A sorted map of strings to strings.
using Texts = std::map<std::string, std::string>;

// What the last build of an image was made from.
struct BuildRecord {
  std::string fingerprint;  // ImagePlan's
  std::string digest;       // "sha256:...", as pushed
  // A hash of each option's value, since options contain passwords, too;
  // hashes of short values are not safe before BuildRecords::Seal.
  Texts options;
  // Digests of the images that it was built from, by name, if they were known
  // then.
  Texts bases;

  friend bool operator==(const BuildRecord&, const BuildRecord&) = default;
};

// The records of one folder: `builds.json` and a file with the state of each
// image's context. Thread-safe, and several processes may use a folder
// simultaneously: files are replaced as a whole, under a lock.
class BuildRecords {
 public:
  // Returns the folder of the key for HMACs; an error if there is none.
  using KeyFolder = std::function<absl::StatusOr<std::string>()>;

  // `folder`: ".ovenbird" next to the config; created when something is
  // written. `variant`: distinguishes records of the same image (config file,
  // profile). `key_folder` returns a private folder of the user outside of the
  // project; it is called when the key is needed. `wait`: while another process
  // writes records.
  BuildRecords(std::string folder, std::string variant, KeyFolder key_folder,
               LockWait wait = {})
      : folder_(std::move(folder)),
        variant_(std::move(variant)),
        key_folder_(std::move(key_folder)),
        wait_(std::move(wait)) {}

  // Returns the record with HMACs in place of its fingerprint and its options'
  // hashes, under the user's key: equal values have equal HMACs, and who reads
  // `builds.json` cannot find a PIN by trying. Without a key, which the first
  // Put() makes, the result equals no stored record.
  BuildRecord Seal(BuildRecord record) const;

  // Returns the sealed record of an image; nullopt if there is none. kDataLoss:
  // the file is damaged; the next Put() replaces it.
  absl::StatusOr<std::optional<BuildRecord>> Get(const std::string& key) const;
  // Seals the record and replaces that of the image with it.
  absl::Status Put(const std::string& key, const BuildRecord& record) const;
  // As Put(), but may keep the record in memory until Flush(), so that the
  // file, which has all records, is not written for each of a thousand images:
  // at most a twentieth of the time is spent on it. A process that is killed
  // loses what it keeps. Returns errors of earlier records, too.
  absl::Status PutLater(const std::string& key,
                        const BuildRecord& record) const;
  // Writes what PutLater() has kept.
  absl::Status Flush() const;

  // Returns whether the state of any context is known.
  bool has_files() const;
  // Returns the state of an image's context at its last build; empty if it is
  // unknown.
  context::FileRecords GetFiles(const std::string& key) const;
  // Replaces the state of an image's context.
  absl::Status PutFiles(const std::string& key,
                        const context::FileRecords& files) const;

  // Deletes the records of images that the config no longer has: those of this
  // variant whose keys are not in `keys`, then the files of contexts that
  // belong to no record. Other files in the folder stay.
  absl::Status Prune(const std::set<std::string>& keys) const;

 private:
  // `builds.json` as it was read last: its records by name, and which file that
  // was.
  struct Known {
    std::string file;
    std::map<std::string, json::Value> records;
  };

  static BuildRecord SealWith(const std::string& key, BuildRecord record);
  // Reads the file again if it is another one.
  absl::Status Read() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteKept() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::string> KeyPath() const;
  std::string NameOf(const std::string& key) const;
  std::string FilesPath(const std::string& key) const;

  const std::string folder_;
  const std::string variant_;
  const KeyFolder key_folder_;
  const LockWait wait_;

  mutable Mutex mutex_;
  mutable Known known_ ABSL_GUARDED_BY(mutex_);
  // Records that are not written yet, with their keys.
  mutable std::map<std::string, BuildRecord> kept_ ABSL_GUARDED_BY(mutex_);
  mutable absl::Time next_write_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

// Returns the names of options that were added or removed or have a different
// value.
std::vector<std::string> ChangedNames(const Texts& before, const Texts& now);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_BUILD_RECORD_H_
