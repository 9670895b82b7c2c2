// What the images were built from the last time: kept beside the config, so
// that the next run can leave unchanged ones out, or say what has changed.
#ifndef OVENBIRD_RUNTIME_BUILD_BUILD_RECORD_H_
#define OVENBIRD_RUNTIME_BUILD_BUILD_RECORD_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/context/file_records.h"

namespace ovenbird::build {

// Texts by name, sorted.
using Texts = std::map<std::string, std::string>;

struct BuildRecord {
  std::string fingerprint;  // ImagePlan's
  std::string digest;       // "sha256:...", as pushed
  // Of each option a hash of its value: options hold passwords, too.
  Texts options;
  // Digests of the images that it was built from, by their names, as far as
  // they were known then.
  Texts bases;

  friend bool operator==(const BuildRecord&, const BuildRecord&) = default;
};

// The records of one folder: `builds.json` and a file with the state of each
// image's context. Thread-safe, and several processes may use a folder at the
// same time: files are replaced as a whole, under a lock.
class BuildRecords {
 public:
  // `folder`: ".ovenbird" beside the config; made when something is written.
  // `variant`: distinguishes records of the same image (config file, profile).
  BuildRecords(std::string folder, std::string variant)
      : folder_(std::move(folder)), variant_(std::move(variant)) {}

  // Nothing when there is none. kDataLoss: the file is damaged; it is written
  // anew by the next `Put`.
  absl::StatusOr<std::optional<BuildRecord>> Get(const std::string& key) const;
  absl::Status Put(const std::string& key, const BuildRecord& record) const;

  // Is anything known of any context's files?
  bool has_files() const;
  // Empty when there are none.
  context::FileRecords GetFiles(const std::string& key) const;
  absl::Status PutFiles(const std::string& key,
                        const context::FileRecords& files) const;

  // Deletes what is known of images that the config no longer has: the records
  // of this variant whose keys are not in `keys`, then the files of contexts
  // that belong to no record. Other files in the folder stay.
  absl::Status Prune(const std::set<std::string>& keys) const;

 private:
  std::string NameOf(const std::string& key) const;
  std::string FilesPath(const std::string& key) const;

  const std::string folder_;
  const std::string variant_;
};

// Options that were added, removed or have another value: their names.
std::vector<std::string> ChangedNames(const Texts& before, const Texts& now);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_BUILD_RECORD_H_
