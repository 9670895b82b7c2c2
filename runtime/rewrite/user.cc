#include "runtime/rewrite/user.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

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

// In a pod, the host's network is not BuildKit's host either.
bool IsDefault(const Flag& flag) {
  return (flag.name == "network" &&
          (flag.value == "default" || flag.value == "host")) ||
         (flag.name == "security" && flag.value == "sandbox");
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
    draft.Because("the executor cuts the text at its first colon");
  }
}

void ReportGroup(const Site& site, Draft& draft) {
  const Instruction& user = draft.original();
  const auto value = KnownValue(site.before.scope, user.text);
  if (!value.has_value()) return;
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(*value, absl::MaxSplits(':', 1));
  // A user of that name has that group nearly everywhere.
  if (parts.second.empty() || parts.second == parts.first) return;
  if (parts.first == "root" || parts.first == "0") return;
  if (!RunFollows(site, user)) return;
  site.Report(user.text_span,
              absl::StrCat("runs RUN with the primary group of `", parts.first,
                           "`, not with `", parts.second, "`"),
              absl::StrCat("make `", parts.second,
                           "` the primary group of the user, or set the group "
                           "of the files with `chgrp`"));
}

void ReportFolderOfUser(const Site& site, Draft& draft) {
  const auto& user = site.before.user;
  int number = 0;
  if (!user.has_value() || user->empty() || *user == "root" ||
      absl::SimpleAtoi(std::string(user->substr(0, user->find(':'))),
                       &number)) {
    return;
  }
  const bool has_files =
      absl::c_any_of(site.stage.instructions, [](const Instruction& each) {
        return each.keyword == "RUN" || each.keyword == "COPY" ||
               each.keyword == "ADD";
      });
  if (has_files) return;
  site.Report(draft.original().text_span,
              absl::StrCat("does not find the user `", *user,
                           "` in a stage without RUN, COPY and ADD"),
              "put WORKDIR before USER, or give the user by number");
}

void DropDefaultFlags(const Site&, Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    const auto last = std::remove_if(instruction.flags.begin(),
                                     instruction.flags.end(), IsDefault);
    if (last == instruction.flags.end()) continue;
    instruction.flags.erase(last, instruction.flags.end());
    draft.Because("the executor's container has the network and the rights");
  }
}

}  // namespace ovenbird::rewrite
