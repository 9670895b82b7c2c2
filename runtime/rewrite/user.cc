#include "runtime/rewrite/user.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/rewrite/accounts.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;

// Whether a RUN follows before the next USER of the stage.
bool RunFollows(const Site& site, const Instruction& user) {
  for (const Instruction& instruction : site.stage.instructions) {
    if (instruction.span.begin <= user.span.begin) continue;
    if (instruction.keyword == "USER") return false;
    if (instruction.keyword == "RUN") return true;
  }
  return false;
}

// The user's number, if a RUN follows that runs with it and the image has no
// user of that number.
std::optional<uint32_t> MissingNumber(const Site& site, const Instruction& user,
                                      absl::string_view text) {
  uint32_t number = 0;
  if (!absl::SimpleAtoi(text, &number) || number == 0 ||
      !RunFollows(site, user)) {
    return std::nullopt;
  }
  const auto account = FindUserOfNumber(site, number);
  if (!account || account->exists) return std::nullopt;
  return number;
}

// kaniko has one network: that of its pod or machine, which is what `host` asks
// for. Some executors refuse --security, and none does anything with it; lint
// reports where the rights may matter.
bool IsDefault(const Flag& flag) {
  return (flag.name == "network" &&
          (flag.value == "default" || flag.value == "host")) ||
         flag.name == "security";
}

}  // namespace

void WriteOutUser(const Site& site, Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    if (instruction.text.find(':') == std::string::npos ||
        instruction.text.find('$') == std::string::npos) {
      continue;
    }
    const auto value = KnownValue(site.before.scope, instruction.text);
    if (!value.has_value()) continue;
    instruction.text = *value;
    draft.Because("the executor splits the value at its first colon");
  }
}

void ReportNumber(const Site& site, Draft& draft) {
  const Instruction& user = draft.original();
  const auto value = KnownValue(site.before.scope, user.text);
  if (!value.has_value()) return;
  const auto number =
      MissingNumber(site, user, value->substr(0, value->find(':')));
  if (!number) return;
  site.Report(user.text_span,
              absl::StrCat("fails in RUN: no user has the ID ", *number),
              "create a user with that ID in a RUN before");
}

void ReportGroup(const Site& site, Draft& draft) {
  const Instruction& user = draft.original();
  const auto value = KnownValue(site.before.scope, user.text);
  if (!value.has_value()) return;
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(*value, absl::MaxSplits(':', 1));
  if (parts.second.empty()) {
    // Such a user is of the group 0.
    const auto number = MissingNumber(site, user, parts.first);
    if (!number || !site.Can(dockerfile::Capability::kUserNumber)) return;
    site.Report(
        user.text_span,
        absl::StrCat("executes RUN with the group ", *number, ", not with 0"),
        absl::StrCat("write `USER ", *number, ":", *number,
                     "`, or create a user with that ID"));
    return;
  }
  // A user of that name has that group nearly everywhere.
  if (parts.second == parts.first) return;
  if (parts.first == "root" || parts.first == "0") return;
  if (!RunFollows(site, user)) return;
  const auto account = FindUser(site, parts.first);
  const auto group = FindGroup(site, parts.second);
  if (account && group && account->exists && group->exists &&
      account->group == group->group) {
    return;
  }
  site.Report(user.text_span,
              absl::StrCat("executes RUN with the primary group of `",
                           parts.first, "`, not with `", parts.second, "`"),
              absl::StrCat("make `", parts.second,
                           "` the primary group of the user, or set the group "
                           "of the files with `chgrp`"));
}

void DropDefaultFlags(const Site&, Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    const auto last = std::remove_if(instruction.flags.begin(),
                                     instruction.flags.end(), IsDefault);
    if (last == instruction.flags.end()) continue;
    instruction.flags.erase(last, instruction.flags.end());
    draft.Because(
        "the executor's container has the network and the privileges");
  }
}

}  // namespace ovenbird::rewrite
