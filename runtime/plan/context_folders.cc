#include "runtime/plan/context_folders.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/status_macros.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::plan {
namespace {

namespace fs = std::filesystem;

}  // namespace

absl::StatusOr<std::shared_ptr<const context::Folder>> ContextFolders::Open(
    const std::string& key, const config::Image& image,
    const std::string& dockerfile) {
  const fs::path folder =
      CleanPath((fs::path(config_.folder()) / image.context).string());
  auto& known = folders_[{folder.lexically_normal().string(),
                          fs::path(dockerfile).lexically_normal().string()}];
  if (known != nullptr) return known;
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    diag::Diagnostic missing = diag::MissingContext(
        config::decode::SpanOf(image.source, "context"), image.context, key,
        fs::exists(folder, error) ? "not a folder" : "missing", "");
    missing.config_path = absl::StrCat("images.", key);
    sink_.Handle(std::move(missing));
    return nullptr;
  }
  ASSIGN_OR_RETURN(known, List(folder.string(), dockerfile));
  // Messages about it are shown when the plan is gone.
  if (known->ignore.file) config_.extra_sources.push_back(known->ignore.file);
  return known;
}

absl::StatusOr<std::shared_ptr<const context::Folder>> ContextFolders::List(
    const std::string& root, const std::string& dockerfile) {
  const FolderCache::Entry* cached =
      cache_ == nullptr ? nullptr : cache_->Find(root, dockerfile);
  if (cached != nullptr) {
    for (const diag::Diagnostic& problem : cached->problems) {
      sink_.Handle(problem);
    }
    return cached->folder;
  }
  diag::Collector problems;
  ASSIGN_OR_RETURN(context::Folder opened,
                   context::OpenFolder(root, dockerfile, problems));
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    sink_.Handle(problem);
  }
  auto folder = std::make_shared<const context::Folder>(std::move(opened));
  if (cache_ != nullptr) {
    cache_->Add(root, dockerfile, {folder, problems.diagnostics()});
  }
  return folder;
}

}  // namespace ovenbird::plan
