#include "runtime/config/search.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/environment.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::config {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kRoot = 0;
constexpr char kName[] = "devspace.yaml";

// A note on what the folder has in place of the file.
std::string NearConfig(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "devspace.yml", error)) {
    return " (`devspace.yml` is there)";
  }
  const auto kind = fs::symlink_status(folder / "devspace.yaml", error).type();
  if (kind == fs::file_type::not_found) return "";
  return kind == fs::file_type::directory
             ? " (it is a folder there)"
             : " (it is not a file, or is a dangling symlink)";
}

std::optional<struct stat> Look(const std::string& path, bool follow_links) {
  struct stat info;
  const int result =
      follow_links ? stat(path.c_str(), &info) : lstat(path.c_str(), &info);
  if (result != 0) return std::nullopt;
  return info;
}

bool IsSame(const std::optional<struct stat>& a,
            const std::optional<struct stat>& b) {
  return a && b && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

// "alice (uid 1000)"
std::string UserName(uid_t user) {
  std::vector<char> room(1 << 14);
  passwd entry;
  passwd* found = nullptr;
  getpwuid_r(user, &entry, room.data(), room.size(), &found);
  return absl::StrCat(found == nullptr ? "a user" : found->pw_name, " (uid ",
                      user, ")");
}

// Refuses a `path` of another user. `config`: for the message.
absl::Status CheckOwner(const fs::path& path, const fs::path& config,
                        const SearchRules& rules) {
  // A link has an owner of its own, who chooses where it leads.
  for (const bool follow_links : {false, true}) {
    const std::optional<struct stat> info =
        rules.look(path.string(), follow_links);
    if (!info.has_value() || rules.owners.count(info->st_uid) != 0) continue;
    return absl::PermissionDeniedError(absl::StrCat(
        "the config `", config.string(), "` is not used: ",
        path == config ? "it" : absl::StrCat("`", path.string(), "`"),
        " belongs to ", UserName(info->st_uid),
        ", who could make it run commands as you; if you trust it, pass "
        "`--config ",
        config.string(), "`"));
  }
  return absl::OkStatus();
}

absl::Status CheckOwners(const fs::path& start, const fs::path& folder,
                         const SearchRules& rules) {
  const fs::path config = folder / kName;
  RETURN_IF_ERROR(CheckOwner(config, config, rules));
  for (fs::path at = start;; at = at.parent_path()) {
    RETURN_IF_ERROR(CheckOwner(at, config, rules));
    if (at == folder) return absl::OkStatus();
  }
}

}  // namespace

std::set<uid_t> TrustedOwners(uid_t user, const std::string& sudo_uid) {
  std::set<uid_t> owners = {user, kRoot};
  uint32_t caller;
  if (user == kRoot && absl::SimpleAtoi(sudo_uid, &caller)) {
    owners.insert(caller);
  }
  return owners;
}

SearchRules SystemSearchRules() {
  return {EnvironmentOrEmpty("HOME"),
          TrustedOwners(geteuid(), EnvironmentOrEmpty("SUDO_UID")), Look};
}

absl::StatusOr<std::string> FindConfig(const std::string& folder,
                                       const SearchRules& rules) {
  std::error_code error;
  const fs::path start = CleanPath(fs::absolute(folder, error).string());
  const std::optional<struct stat> first = rules.look(start.string(), true);
  const std::optional<struct stat> home =
      rules.home.empty() ? std::nullopt : rules.look(rules.home, true);
  fs::path last = start;
  for (fs::path at = start;; at = at.parent_path()) {
    const std::optional<struct stat> here = rules.look(at.string(), true);
    if (here && first && here->st_dev != first->st_dev) break;
    last = at;
    const std::optional<struct stat> config =
        rules.look((at / kName).string(), true);
    if (config && S_ISREG(config->st_mode)) {
      RETURN_IF_ERROR(CheckOwners(start, at, rules));
      // As short as the user would write it.
      return (at / kName).lexically_relative(start).string();
    }
    if (IsSame(here, home) || at == at.parent_path()) break;
  }
  return absl::NotFoundError(absl::StrCat(
      "no devspace.yaml in ", start.string(), NearConfig(start),
      last == start ? ""
                    : absl::StrCat(" or a folder above, up to ", last.string()),
      "; name one with --config FILE"));
}

}  // namespace ovenbird::config
