#include "runtime/rewrite/chown.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/accounts.h"
#include "runtime/rewrite/owner.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::ShellCommand;

bool IsNumber(absl::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == absl::string_view::npos;
}

// The value of the last of these options; nullopt: none is there.
std::optional<std::string> OptionOf(
    const ShellCommand& command, const std::vector<absl::string_view>& names) {
  std::optional<std::string> value;
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    for (const absl::string_view name : names) {
      if (command.arguments[i] == name && i + 1 < command.arguments.size()) {
        value = command.arguments[i + 1];
      } else if (absl::StartsWith(command.arguments[i],
                                  absl::StrCat(name, "="))) {
        value = command.arguments[i].substr(name.size() + 1);
      }
    }
  }
  return value;
}

// Of the user that the command creates.
std::optional<std::string> GroupOf(const ShellCommand& command,
                                   absl::string_view user) {
  if (command.arguments.empty() || command.arguments.back() != user) {
    return std::nullopt;
  }
  if (command.name == "useradd" || command.name == "usermod") {
    return OptionOf(command, {"-g", "--gid"});
  }
  // -G is busybox's, the others are Debian's.
  if (command.name == "adduser") {
    return OptionOf(command, {"-G", "--ingroup", "--gid"});
  }
  return std::nullopt;
}

std::optional<std::string> PrimaryGroup(const Site& site,
                                        const Instruction& copy,
                                        absl::string_view user) {
  std::optional<std::string> group;
  for (const Instruction& run : site.stage.instructions) {
    if (run.span.begin >= copy.span.begin) break;
    if (run.keyword != "RUN" || run.exec_form) continue;
    for (const ShellCommand& command :
         dockerfile::FindShellCommands(dockerfile::CommandText(run))) {
      if (auto found = GroupOf(command, user)) group = std::move(found);
    }
  }
  if (group && group->find_first_of("$\"'`") != std::string::npos) {
    return std::nullopt;
  }
  if (group || NumbersOf(site, user)) return group;
  // A RUN may have changed its number, but hardly its name.
  return GroupNameOfUser(site, user);
}

}  // namespace

std::optional<context::Owner> NumericOwner(absl::string_view text) {
  const size_t colon = text.find(':');
  context::Owner owner;
  if (!absl::SimpleAtoi(text.substr(0, colon), &owner.user)) {
    return std::nullopt;
  }
  owner.group = owner.user;
  if (colon != text.npos &&
      !absl::SimpleAtoi(text.substr(colon + 1), &owner.group)) {
    return std::nullopt;
  }
  return owner;
}

void WriteOutOwner(const Site& site, Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    for (Flag& flag : instruction.flags) {
      if (flag.name != "chown" || !flag.value.has_value()) continue;
      const auto owner = KnownValue(site.before.scope, *flag.value);
      if (!owner || NumericOwner(*owner)) continue;
      const auto numbers = NumbersOf(site, *owner);
      if (!numbers) continue;
      flag.value = *numbers;
      draft.Because(
          "the executor has no --chown; the files are sent with this owner");
    }
  }
}

void ReportIgnoredChown(const Site& site, Draft& draft) {
  const Flag* chown = draft.original().FindFlag("chown");
  if (chown == nullptr || !chown->value.has_value()) return;
  const auto owner = KnownValue(site.before.scope, *chown->value);
  if (owner && NumbersOf(site, *owner) == "0:0") return;
  for (const Instruction& sent : draft.instructions) {
    if (sent.FindFlag("chown") == nullptr) continue;
    site.sink.Handle(diag::KanikoIgnoredFlag(
        chown->span, site.request.executor->name(), "--chown",
        "the files belong to root", "change their owner in a RUN after it"));
    return;
  }
}

void RewriteChown(const Site& site, Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    for (Flag& flag : instruction.flags) {
      if (flag.name != "chown" || !flag.value.has_value()) continue;
      const auto owner = KnownValue(site.before.scope, *flag.value);
      if (!owner || owner->empty()) continue;
      if ((*owner)[0] == ':') {
        flag.value = absl::StrCat("0", *owner);
        draft.Because("kaniko needs a user in --chown");
        continue;
      }
      if (const auto numbers = NumbersFor(site, *owner)) {
        flag.value = *numbers;
        draft.Because(
            "kaniko uses different IDs for the names in --chown, or none");
        continue;
      }
      if (absl::StrContains(*owner, ':') || IsNumber(*owner)) continue;
      const auto group = PrimaryGroup(site, draft.original(), *owner);
      if (!group) continue;
      flag.value = absl::StrCat(*owner, ":", *group);
      draft.Because("kaniko uses the user's ID as the group's ID");
    }
  }
}

}  // namespace ovenbird::rewrite
