#include "runtime/rewrite/accounts.h"

#include <initializer_list>
#include <memory>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

constexpr absl::string_view kPasswd = "/etc/passwd";
constexpr absl::string_view kGroup = "/etc/group";

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

// The account, if no instruction of the stage may have made, changed or deleted
// it in `file`.
std::optional<Account> Checked(const Site& site, absl::string_view file,
                               absl::string_view name, const Account& account) {
  const bool may_change =
      absl::c_any_of(site.before.changes, [&](const StageChange& change) {
        // Whatever it installs may bring accounts, but none that are there.
        return change.kind == StageChange::kRun &&
               (!account.exists || ChangesAccounts(change.text, name));
      });
  if (may_change || StageFiles(site).MayBeCopied(file)) return std::nullopt;
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
  return Checked(site, file, name, find(*files));
}

}  // namespace

std::optional<std::string> GroupNameOfUser(const Site& site,
                                           absl::string_view name) {
  const auto files = site.BaseFiles();
  const StageFiles of_stage(site);
  if (files == nullptr || of_stage.MayBeCopied(kPasswd) ||
      of_stage.MayBeCopied(kGroup)) {
    return std::nullopt;
  }
  const Account user = UserIn(files->passwd, name);
  if (!user.exists) return std::nullopt;
  std::string group = GroupNameIn(files->groups, user.group);
  if (!group.empty()) return group;
  return std::nullopt;
}

std::optional<Account> FindUser(const Site& site, absl::string_view name) {
  return Search(site, kPasswd, name, [&](const ImageFiles& files) {
    return UserIn(files.passwd, name);
  });
}

std::optional<Account> FindGroup(const Site& site, absl::string_view name) {
  return Search(site, kGroup, name, [&](const ImageFiles& files) {
    return GroupIn(files.groups, name);
  });
}

std::optional<Account> FindUserOfNumber(const Site& site, uint32_t number) {
  return Search(site, kPasswd, absl::StrCat(number),
                [&](const ImageFiles& files) {
                  return UserOfNumber(files.passwd, number);
                });
}

}  // namespace ovenbird::rewrite
