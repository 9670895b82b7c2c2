// The folders that the images of a config send.
#ifndef OVENBIRD_RUNTIME_PLAN_CONTEXT_FOLDERS_H_
#define OVENBIRD_RUNTIME_PLAN_CONTEXT_FOLDERS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/context/assemble.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/folder_cache.h"

namespace ovenbird::plan {

// Opens build contexts; the same folder is walked once, however many images use
// it.
class ContextFolders {
 public:
  // All must outlive it. Ignore files are kept in `config`, for the
  // diagnostics that point into them; their problems are reported to `sink`.
  // `cache`: folders of earlier plans; may be null.
  ContextFolders(config::Loaded& config, diag::Sink& sink,
                 FolderCache* cache = nullptr)
      : config_(config), sink_(sink), cache_(cache) {}

  // Returns the context of the image `key`, whose Dockerfile is at
  // `dockerfile`. Returns null, and reports it, if there is no such folder.
  // Errors are those of context::OpenFolder.
  absl::StatusOr<std::shared_ptr<const context::Folder>> Open(
      const std::string& key, const config::Image& image,
      const std::string& dockerfile);

 private:
  // Lists the folder, or takes it from the cache; reports its problems.
  absl::StatusOr<std::shared_ptr<const context::Folder>> List(
      const std::string& root, const std::string& dockerfile);

  config::Loaded& config_;
  diag::Sink& sink_;
  FolderCache* cache_;
  // By the paths of folder and Dockerfile.
  std::map<std::pair<std::string, std::string>,
           std::shared_ptr<const context::Folder>>
      folders_;
};

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_CONTEXT_FOLDERS_H_
