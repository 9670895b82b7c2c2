#include "runtime/rewrite/old_groups.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/rewrite/accounts.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/run_commands.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::ShellCommand;

constexpr uint16_t kGroupMayWrite = 0020;
constexpr uint16_t kOthersMayWrite = 0002;

// USER as BuildKit has it there, without the group; nullopt: root, or not
// known.
std::optional<std::string> UserOf(const Site& site) {
  std::optional<std::string> user = site.before.user;
  if (!user) {
    const bool named = absl::c_any_of(
        site.stage.instructions,
        [](const Instruction& each) { return each.keyword == "USER"; });
    const auto base = named ? nullptr : site.Base();
    if (base == nullptr) return std::nullopt;
    user = base->user;
  }
  user->resize(std::min(user->find(':'), user->size()));
  if (IsRootName(*user)) return std::nullopt;
  return user;
}

// `id` and `groups` without options that leave the groups out.
bool ListsGroups(const ShellCommand& command) {
  if (command.name == "groups") return true;
  if (command.name != "id") return false;
  return absl::c_none_of(command.arguments, [](const std::string& word) {
    return word == "--user" || word == "--group" ||
           (absl::StartsWith(word, "-") && !absl::StartsWith(word, "--") &&
            absl::StrContains(word, 'u')) ||
           (absl::StartsWith(word, "-") && !absl::StartsWith(word, "--") &&
            absl::StrContains(word, 'g')) ||
           // Of another user: read from the files.
           !absl::StartsWith(word, "-");
  });
}

bool HasMember(absl::string_view groups, uint32_t group,
               absl::string_view user) {
  for (const absl::string_view line : absl::StrSplit(groups, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ':');
    if (fields.size() < 4 || fields[2] != absl::StrCat(group)) continue;
    const std::vector<absl::string_view> members =
        absl::StrSplit(fields[3], ',');
    return absl::c_linear_search(members, user);
  }
  return false;
}

// The folder of the base image that is written to by way of a group; "".
std::string FolderOfGroup(const Site& site, const std::string& user,
                          const ShellCommand& command) {
  for (const dockerfile::Write& write : dockerfile::WritesOf(command)) {
    const size_t slash = write.path.rfind('/');
    if (!absl::StartsWith(write.path, "/") || slash == 0) continue;
    const std::string folder = write.path.substr(0, slash);
    const auto files = site.BaseFiles();
    if (files == nullptr) return "";
    const ImageFile* found = files->Find(folder);
    const Account account = UserIn(files->passwd, user);
    if (found == nullptr || !account.exists || found->user == account.user ||
        found->group == account.group || (found->mode & kGroupMayWrite) == 0 ||
        (found->mode & kOthersMayWrite) != 0 ||
        !HasMember(files->groups, found->group, user)) {
      continue;
    }
    const bool changed =
        absl::c_any_of(site.before.changes, [&](const StageChange& change) {
          return absl::StrContains(change.text, folder);
        });
    if (!changed) return folder;
  }
  return "";
}

}  // namespace

void ReportOtherGroups(const Site& site, Draft& draft) {
  const Instruction& run = draft.original();
  std::optional<std::string> user;
  for (const ShellCommand& command : CommandsOf(site, run)) {
    const bool lists = ListsGroups(command);
    if (!lists && dockerfile::WritesOf(command).empty()) continue;
    if (!user) user = UserOf(site);
    if (!user) return;
    if (lists) {
      site.Report(run.text_span,
                  absl::StrCat("runs it without the other groups of `", *user,
                               "`, which `", command.name, "` lists"),
                  "use a newer kaniko, or `id -u` and `id -g`");
      return;
    }
    if (const std::string folder = FolderOfGroup(site, *user, command);
        !folder.empty()) {
      site.Report(run.text_span,
                  absl::StrCat("runs it without the other groups of `", *user,
                               "`, which `", folder, "` needs"),
                  "use a newer kaniko, or write to it before USER");
      return;
    }
  }
}

}  // namespace ovenbird::rewrite
