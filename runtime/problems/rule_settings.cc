#include "runtime/problems/rule_settings.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::problems {
namespace {

using diag::Severity;

const std::map<std::string, std::optional<Severity>>& Severities() {
  static const auto& severities =
      *new std::map<std::string, std::optional<Severity>>{
          {"off", std::nullopt},
          {"note", Severity::kNote},
          {"warning", Severity::kWarning},
          {"error", Severity::kError}};
  return severities;
}

std::string UnknownRule(const std::string& id) {
  std::vector<std::string> ids;
  for (const diag::Rule& rule : diag::Rules()) ids.emplace_back(rule.id);
  const std::string hint = DidYouMean(id, ids);
  return absl::StrCat("no message has the id `", id, "`",
                      hint.empty() ? "" : "; ", hint);
}

}  // namespace

absl::Status AddRuleSetting(absl::string_view text, RuleSettings& settings) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const auto& [id, name] = parts;
  const auto severity = Severities().find(name);
  if (severity == Severities().end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", text,
                     "` is not ID=off, ID=note, ID=warning or "
                     "ID=error"));
  }
  const diag::Rule* rule = diag::FindRule(id);
  if (rule == nullptr) return absl::InvalidArgumentError(UnknownRule(id));
  if (rule->severity == Severity::kError &&
      severity->second != Severity::kError) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", id,
        "` is an error, which stops every build; only warnings and notes can "
        "be changed"));
  }
  settings[id] = severity->second;
  return absl::OkStatus();
}

}  // namespace ovenbird::problems
