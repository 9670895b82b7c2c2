#include "runtime/rewrite/accounts.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

// Whether the commands edit the files of accounts, or change one of that name.
bool ChangesAccounts(absl::string_view commands, absl::string_view name) {
  for (absl::string_view file : {"passwd", "etc/group", "/etc/*"}) {
    if (absl::StrContains(commands, file)) return true;
  }
  if (!absl::StrContains(commands, name)) return false;
  return absl::c_any_of(
      std::initializer_list<absl::string_view>{
          "usermod", "userdel", "deluser", "groupmod", "groupdel", "delgroup"},
      [&](absl::string_view word) {
        return absl::StrContains(commands, word);
      });
}

// A RUN that may make, change or delete accounts of the name.
bool MayChange(const StageChange& change, absl::string_view name, bool exists) {
  if (change.kind == StageChange::kRun) {
    // Whatever it installs may bring accounts, but none that are there.
    return !exists || ChangesAccounts(change.text, name);
  }
  if (change.kind != StageChange::kCopy) return false;
  if (!change.path) return true;
  return *change.path == "/" || absl::StartsWith(*change.path, "/etc");
}

std::optional<Account> Checked(const Site& site, absl::string_view name,
                               const Account& account) {
  const auto& changes = site.before.changes;
  if (std::any_of(changes.begin(), changes.end(), [&](const auto& change) {
        return MayChange(change, name, account.exists);
      })) {
    return std::nullopt;
  }
  return account;
}

// Whether an image from scratch has files, but not this one. BuildKit looks up
// names in no image that is empty, and fails.
bool IsMissing(const Site& site, absl::string_view file) {
  return site.before.from_scratch && !site.before.changes.empty() &&
         StageFiles(site).Lookup(file).kind == StageFile::kAbsent;
}

// `find`: in the files of the base image.
template <typename FindIn>
std::optional<Account> Search(const Site& site, absl::string_view file,
                              absl::string_view name, const FindIn& find) {
  if (IsMissing(site, file)) return Account();
  const auto files = site.BaseFiles();
  if (files == nullptr) return std::nullopt;
  return Checked(site, name, find(*files));
}

}  // namespace

std::optional<std::string> GroupNameOfUser(const Site& site,
                                           absl::string_view name) {
  const bool is_copied =
      absl::c_any_of(site.before.changes, [&](const StageChange& change) {
        return change.kind == StageChange::kCopy &&
               MayChange(change, name, /*exists=*/true);
      });
  const auto files = is_copied ? nullptr : site.BaseFiles();
  if (files == nullptr) return std::nullopt;
  const Account user = UserIn(files->passwd, name);
  if (!user.exists) return std::nullopt;
  std::string group = GroupNameIn(files->groups, user.group);
  if (!group.empty()) return group;
  return std::nullopt;
}

std::optional<Account> FindUser(const Site& site, absl::string_view name) {
  return Search(site, "/etc/passwd", name, [&](const ImageFiles& files) {
    return UserIn(files.passwd, name);
  });
}

std::optional<Account> FindGroup(const Site& site, absl::string_view name) {
  return Search(site, "/etc/group", name, [&](const ImageFiles& files) {
    return GroupIn(files.groups, name);
  });
}

std::optional<Account> FindUserOfNumber(const Site& site, uint32_t number) {
  return Search(site, "/etc/passwd", absl::StrCat(number),
                [&](const ImageFiles& files) {
                  return UserOfNumber(files.passwd, number);
                });
}

}  // namespace ovenbird::rewrite
