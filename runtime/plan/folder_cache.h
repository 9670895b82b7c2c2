// Build contexts that were listed before, for a process that plans the same
// project again and again.
#ifndef OVENBIRD_RUNTIME_PLAN_FOLDER_CACHE_H_
#define OVENBIRD_RUNTIME_PLAN_FOLDER_CACHE_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/context/assemble.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {

// The folders of earlier plans. It does not notice changes of files: whoever
// owns it clears it.
class FolderCache {
 public:
  // A folder, and what was reported when it was listed.
  struct Entry {
    std::shared_ptr<const context::Folder> folder;
    std::vector<diag::Diagnostic> problems;
  };

  // Returns the folder at the path `root` for the Dockerfile at `dockerfile`;
  // null if it is not known.
  const Entry* Find(const std::string& root, const std::string& dockerfile) {
    const auto found = entries_.find({root, dockerfile});
    if (found == entries_.end()) return nullptr;
    used_ = true;
    return &found->second;
  }
  // Remembers a folder.
  void Add(const std::string& root, const std::string& dockerfile,
           Entry entry) {
    entries_[{root, dockerfile}] = std::move(entry);
  }
  // Forgets all folders.
  void Clear() {
    entries_.clear();
    used_ = false;
  }
  // Returns whether a folder was found since the last Clear.
  bool used() const { return used_; }

 private:
  std::map<std::pair<std::string, std::string>, Entry> entries_;
  bool used_ = false;
};

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_FOLDER_CACHE_H_
