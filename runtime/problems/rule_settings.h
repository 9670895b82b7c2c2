// --rule ID=SEVERITY: how severe a message is in this run.
#ifndef OVENBIRD_RUNTIME_PROBLEMS_RULE_SETTINGS_H_
#define OVENBIRD_RUNTIME_PROBLEMS_RULE_SETTINGS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::problems {

// The severities that were set, by the message's id; nullopt: off.
using RuleSettings = std::map<std::string, std::optional<diag::Severity>>;

// Adds "ID=off", "ID=note", "ID=warning" or "ID=error"; the last one of an id
// wins. kInvalidArgument for another form, an unknown id, and for a message
// that is an error, since errors stop every build.
absl::Status AddRuleSetting(absl::string_view text, RuleSettings& settings);

}  // namespace ovenbird::problems

#endif  // OVENBIRD_RUNTIME_PROBLEMS_RULE_SETTINGS_H_
