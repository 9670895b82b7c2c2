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
#include "runtime/context/tar.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"

namespace ovenbird::rewrite {

// The sources of one COPY, as files that are sent in addition.
class OwnFolder {
 public:
  // What arrives in the image below the target.
  struct Arrival {
    uint32_t entry = 0;
    std::optional<uint16_t> mode;
  };

  // Both must outlive it.
  OwnFolder(const ContextTree& tree, const CopySources& sources);

  // Takes in folders that the target needs, and that are not there: the last
  // one is the target, or with `is_file` the only file is. `below` is the
  // target's path in the last folder that is there.
  void TakeIn(const std::string& below, bool is_file);

  // By path below the target, or in the last folder that is there.
  const std::map<std::string, Arrival>& arrivals() const { return arrivals_; }
  // Returns the folder's path in the context: the same sources have the same
  // name in every build, because kaniko's cache keys hold it.
  std::string Name() const;
  // `folder`: Name(), which takes a while.
  std::vector<context::MemoryFile> Files(absl::string_view folder) const;

 private:
  void Collect(const Item& item);
  void CollectFolder(uint32_t folder);
  void CollectParents(const std::string& base, const std::string& pattern);
  void Put(const std::string& path, uint32_t entry);

  const ContextTree& tree_;
  const CopySources& sources_;
  std::map<std::string, Arrival> arrivals_;
  // From the top on.
  std::vector<std::string> new_folders_;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OWN_FOLDER_H_
