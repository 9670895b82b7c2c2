#include "runtime/rewrite/accounts.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

using Fields = std::vector<absl::string_view>;

template <typename Want>
Account Find(absl::string_view text, size_t size, const Want& want) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const Fields fields = absl::StrSplit(line, ':');
    if (fields.size() < size || !want(fields)) continue;
    Account account;
    uint32_t second = 0;
    if (!absl::SimpleAtoi(fields[2], &account.user) ||
        (size > 3 && !absl::SimpleAtoi(fields[3], &second))) {
      continue;
    }
    account.exists = true;
    account.group = size > 3 ? second : account.user;
    if (size == 3) account.user = 0;
    return account;
  }
  return {};
}

// A RUN that may make, change or delete accounts of the name.
bool MayChange(const StageChange& change, absl::string_view name, bool exists) {
  if (change.kind == StageChange::kRun) {
    // Whatever it installs may bring accounts, but none that are there.
    return !exists || absl::StrContains(change.text, name) ||
           absl::StrContains(change.text, "/etc/");
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

Account UserIn(absl::string_view passwd, absl::string_view name) {
  return Find(passwd, 4, [&](const Fields& f) { return f[0] == name; });
}

Account GroupIn(absl::string_view groups, absl::string_view name) {
  return Find(groups, 3, [&](const Fields& f) { return f[0] == name; });
}

Account UserOfNumber(absl::string_view passwd, uint32_t number) {
  const std::string text = absl::StrCat(number);
  return Find(passwd, 4, [&](const Fields& f) { return f[2] == text; });
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
