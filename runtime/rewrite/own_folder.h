// A folder of our own in the context that holds the sources of a COPY as they
// have to arrive: symlinks followed, exclusions left out, modes set.
#ifndef OVENBIRD_RUNTIME_REWRITE_OWN_FOLDER_H_
#define OVENBIRD_RUNTIME_REWRITE_OWN_FOLDER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"

namespace ovenbird::rewrite {

// The sources of a COPY, as files that are sent in addition to the context.
class OwnFolder {
 public:
  // A file, folder or symlink that arrives in the image below the target.
  struct Arrival {
    uint32_t entry = 0;
    // Its path in the context.
    std::string source;
    std::optional<uint16_t> mode;
  };

  // `tree` and `sources` must outlive it.
  OwnFolder(const ContextTree& tree, const CopySources& sources);

  // Adds the missing folders of the target and moves the sources into them.
  // `below` is the target's path below the last folder that exists; with
  // `is_file` its last part is the name of the only source.
  void TakeIn(const std::string& below, bool is_file);

  // By path below the target, or, after TakeIn(), below the last folder that
  // exists.
  const std::map<std::string, Arrival>& arrivals() const { return arrivals_; }
  // Returns the folder's path in the context. The same sources have the same
  // name in every build, because kaniko's cache keys contain it.
  std::string Name() const;
  // Returns the files to send. `folder` is the result of Name(), which is slow.
  std::vector<context::MemoryFile> Files(absl::string_view folder) const;

 private:
  void Collect(const Item& item);
  void CollectFolder(uint32_t folder);
  void CollectParents(const std::string& base, const std::string& pattern);
  // Returns what `--chmod` makes of the entry's mode; nullopt: it stays.
  std::optional<uint16_t> ModeOf(const context::Entry& entry);
  // `source`: the entry's path in the context.
  void Put(absl::string_view path, absl::string_view source, uint32_t entry);

  const ContextTree& tree_;
  const CopySources& sources_;
  std::map<std::string, Arrival> arrivals_;
  // The last result of ModeOf(): most files have the same mode.
  struct {
    bool folder = false;
    uint16_t before = 0;
    std::optional<uint16_t> after;
  } last_mode_;
  // From the top on.
  std::vector<std::string> new_folders_;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OWN_FOLDER_H_
