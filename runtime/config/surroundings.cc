#include "runtime/config/surroundings.h"

#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "runtime/base/environment.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::config {
namespace {

namespace fs = std::filesystem;

// HEAD on a branch is "ref: refs/heads/main".
constexpr absl::string_view kRefPrefix = "ref:";

std::string RandomText() {
  constexpr absl::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device device;
  std::uniform_int_distribution<size_t> index(0, kCharacters.size() - 1);
  std::string text;
  for (int i = 0; i < 6; ++i) text += kCharacters[index(device)];
  return text;
}

absl::StatusOr<std::string> ReadLine(const fs::path& path) {
  ASSIGN_OR_RETURN(std::string text, ReadRegularFile(path.string()));
  return std::string(absl::StripAsciiWhitespace(text));
}

// `.git` in `folder` or above it.
absl::StatusOr<fs::path> FindDotGit(const std::string& folder) {
  std::error_code error;
  fs::path at = fs::absolute(folder.empty() ? "." : folder, error);
  at = at.lexically_normal();
  while (true) {
    const fs::path candidate = at / ".git";
    if (fs::exists(candidate, error)) return candidate;
    if (!at.has_relative_path() || at == at.parent_path()) break;
    at = at.parent_path();
  }
  return absl::NotFoundError("the config is not in a Git repository");
}

// The folder with HEAD: `.git` itself, or where a file `.git` (worktree,
// submodule) leads.
absl::StatusOr<fs::path> FindGitFolder(const std::string& folder) {
  ASSIGN_OR_RETURN(const fs::path dot_git, FindDotGit(folder));
  std::error_code error;
  if (fs::is_directory(dot_git, error)) return dot_git;
  ASSIGN_OR_RETURN(const std::string line, ReadLine(dot_git));
  absl::string_view target = line;
  if (!absl::ConsumePrefix(&target, "gitdir:")) {
    return absl::FailedPreconditionError(
        absl::StrCat("file `", dot_git.string(), "` is not a file of Git"));
  }
  target = absl::StripAsciiWhitespace(target);
  return dot_git.parent_path() / fs::path(std::string(target));
}

bool IsHash(absl::string_view text) {
  if (text.size() < 40) return false;
  for (char c : text) {
    if (!absl::ascii_isxdigit(c)) return false;
  }
  return true;
}

// Refs that are not files: "<hash> <ref>" per line.
absl::StatusOr<std::string> FindPackedRef(const fs::path& folder,
                                          absl::string_view ref) {
  ASSIGN_OR_RETURN(const std::string text,
                   ReadRegularFile((folder / "packed-refs").string()));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (absl::StripAsciiWhitespace(parts.second) == ref) {
      return std::string(parts.first);
    }
  }
  return absl::NotFoundError("the Git repository has no commit yet");
}

absl::StatusOr<std::string> ReadHead(const fs::path& folder) {
  absl::StatusOr<std::string> head = ReadLine(folder / "HEAD");
  if (!head.ok() || !absl::StartsWith(*head, kRefPrefix)) return head;
  const std::string ref(
      absl::StripAsciiWhitespace(head->substr(kRefPrefix.size())));
  // The refs of a worktree are with the main repository.
  fs::path refs = folder;
  if (const auto common = ReadLine(folder / "commondir"); common.ok()) {
    refs = folder / *common;
  }
  if (auto hash = ReadLine(refs / ref); hash.ok()) return hash;
  if (auto hash = FindPackedRef(refs, ref); hash.ok()) return hash;
  std::error_code error;
  if (fs::exists(refs / "reftable", error)) {
    return absl::UnimplementedError(
        "the Git repository stores its branches in the format `reftable`, "
        "which is not supported");
  }
  return absl::NotFoundError("the Git repository has no commit yet");
}

}  // namespace

SystemSurroundings::SystemSurroundings(std::string folder)
    : folder_(std::move(folder)), now_(absl::Now()), random_(RandomText()) {
  int64_t seconds;
  if (const auto epoch = Variable("SOURCE_DATE_EPOCH");
      epoch && absl::SimpleAtoi(*epoch, &seconds)) {
    now_ = absl::FromUnixSeconds(seconds);
  }
}

std::optional<std::string> SystemSurroundings::Variable(
    absl::string_view name) {
  std::optional<std::string> value = EnvironmentVariable(name);
  if (value == "") value.reset();
  return value;
}

absl::Time SystemSurroundings::Now() { return now_; }

std::string SystemSurroundings::Random() { return random_; }

absl::StatusOr<std::string> SystemSurroundings::GitCommit() {
  ASSIGN_OR_RETURN(const fs::path folder, FindGitFolder(folder_));
  ASSIGN_OR_RETURN(const std::string hash, ReadHead(folder));
  if (!IsHash(hash)) {
    return absl::FailedPreconditionError(
        "HEAD of the repository is not a commit");
  }
  return hash;
}

}  // namespace ovenbird::config
