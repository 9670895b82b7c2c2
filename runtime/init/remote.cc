#include "runtime/init/remote.h"

#include <filesystem>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "runtime/base/regular_file.h"
#include "runtime/init/names.h"

namespace ovenbird::init {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostConfig = 1 << 20;

std::string TextOf(const fs::path& path) {
  absl::StatusOr<std::string> text =
      ReadRegularFile(path.string(), kMostConfig);
  return text.ok() ? *std::move(text) : "";
}

// The folder of git's own files, for a `.git` folder or the file of a worktree.
fs::path GitFolder(const fs::path& dot_git) {
  std::error_code error;
  if (fs::is_directory(dot_git, error)) return dot_git;
  const std::string text = TextOf(dot_git);
  absl::string_view folder = text;
  if (!absl::ConsumePrefix(&folder, "gitdir: ")) return {};
  const fs::path git =
      dot_git.parent_path() / std::string(absl::StripAsciiWhitespace(folder));
  const std::string common = TextOf(git / "commondir");
  return common.empty() ? git
                        : git / std::string(absl::StripAsciiWhitespace(common));
}

}  // namespace

std::string RemoteOf(const std::string& folder) {
  std::error_code error;
  fs::path at = fs::absolute(folder, error).lexically_normal();
  while (!fs::exists(at / ".git", error)) {
    if (at == at.parent_path()) return "";
    at = at.parent_path();
  }
  const std::string config = TextOf(GitFolder(at / ".git") / "config");
  std::string section;
  std::string first;
  for (absl::string_view line : absl::StrSplit(config, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(line, "[")) section = std::string(line);
    if (!absl::StartsWith(section, "[remote ")) continue;
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    if (absl::StripAsciiWhitespace(pair.first) != "url") continue;
    const std::string url(absl::StripAsciiWhitespace(pair.second));
    if (section == "[remote \"origin\"]") return url;
    if (first.empty()) first = url;
  }
  return first;
}

std::string RegistryOf(absl::string_view url) {
  // https://user@host:port/path.git, ssh://git@host/path, git@host:path
  static const RE2& pattern = *new RE2(
      R"((?:[a-z+]+://)?(?:[^@/]*@)?([A-Za-z0-9.-]+)(?::\d+)?[:/]+(.*?)(?:\.git)?/?)");
  std::string host;
  std::string path;
  if (!RE2::FullMatch(re2::StringPiece(url.data(), url.size()), pattern, &host,
                      &path) ||
      path.empty()) {
    return "";
  }
  host = absl::AsciiStrToLower(host);
  absl::string_view registry;
  if (host == "github.com" || host == "ssh.github.com") registry = "ghcr.io";
  if (host == "gitlab.com" || host == "altssh.gitlab.com") {
    registry = "registry.gitlab.com";
  }
  if (host == "codeberg.org") registry = "codeberg.org";
  return registry.empty() ? ""
                          : PlainRepository(absl::StrCat(registry, "/", path));
}

}  // namespace ovenbird::init
