#include "runtime/config/find_below.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"

namespace ovenbird::config {
namespace {

namespace fs = std::filesystem;

// Git reads its index and all folders.
constexpr absl::Duration kGitTimeout = absl::Minutes(1);

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// Nothing if git is missing or the folder is in no repository.
std::optional<std::vector<std::string>> AskGit(const std::string& folder,
                                               const FileQuery& query) {
  Subprocess git;
  // A repository's own config could name a program to run as file monitor.
  git.argv = {"git",      "-C", folder,     "-c",       "core.fsmonitor=false",
              "ls-files", "-z", "--cached", "--others", "--exclude-standard",
              "--"};
  git.argv.insert(git.argv.end(), query.pathspecs.begin(),
                  query.pathspecs.end());
  git.timeout = kGitTimeout;
  const absl::StatusOr<SubprocessResult> result = RunSubprocess(git);
  if (!result.ok() || !result->ok()) return std::nullopt;
  std::vector<std::string> paths;
  for (absl::string_view name :
       absl::StrSplit(result->out, '\0', absl::SkipEmpty())) {
    fs::path path = fs::path(folder) / std::string(name);
    // The index also lists files that are deleted.
    if (query.accepts(path.filename().string()) && IsFile(path))
      paths.push_back(path.string());
  }
  return paths;
}

// Links are not followed.
bool IsOwnFolder(const fs::directory_entry& entry) {
  std::error_code error;
  return entry.symlink_status(error).type() == fs::file_type::directory;
}

absl::StatusOr<std::vector<std::string>> Walk(const std::string& folder,
                                              const FileQuery& query) {
  std::vector<std::string> paths;
  std::vector<fs::path> folders = {folder};
  while (!folders.empty()) {
    const fs::path at = std::move(folders.back());
    folders.pop_back();
    std::error_code error;
    fs::directory_iterator it(at, fs::directory_options::skip_permission_denied,
                              error);
    while (!error && it != fs::directory_iterator()) {
      const fs::path& path = it->path();
      if (query.accepts(path.filename().string()) && IsFile(path)) {
        paths.push_back(path.string());
      }
      if (IsOwnFolder(*it) && path.filename() != ".git") {
        folders.push_back(path);
      }
      it.increment(error);
    }
    // A folder below may go away while the others are read.
    const bool is_gone = error == std::errc::no_such_file_or_directory ||
                         error == std::errc::no_such_process;
    if (error && !(is_gone && at != folder)) {
      return FileError(error.value(), "read folder", at.string());
    }
  }
  return paths;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindFilesBelow(
    const std::string& folder, const FileQuery& query) {
  std::optional<std::vector<std::string>> paths = AskGit(folder, query);
  if (!paths) {
    ASSIGN_OR_RETURN(paths, Walk(folder, query));
  }
  std::sort(paths->begin(), paths->end());
  // Git lists a file with a merge conflict once for each side.
  paths->erase(std::unique(paths->begin(), paths->end()), paths->end());
  return *std::move(paths);
}

absl::StatusOr<std::vector<std::string>> FindConfigsBelow(
    const std::string& folder) {
  return FindFilesBelow(
      folder, {{":(glob)**/devspace.yaml"}, [](const std::string& name) {
                 return name == "devspace.yaml";
               }});
}

}  // namespace ovenbird::config
