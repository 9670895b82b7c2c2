// What a check has found: one line of the report of `ovenbird doctor`.
#ifndef OVENBIRD_RUNTIME_DOCTOR_FINDING_H_
#define OVENBIRD_RUNTIME_DOCTOR_FINDING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::doctor {

// How bad a finding is. An error stops builds; a warning limits them, or may
// stop them.
enum class State { kOk, kWarning, kError };

// Returns "ok", "warning", "error".
absl::string_view ToString(State state);

// One finding. Its strings may be those of servers, with any bytes: the report
// makes them visible.
struct Finding {
  std::string check;    // "registry": the same for all findings of a check
  std::string subject;  // "r.io/team/app"
  State state = State::kOk;
  std::string text;  // no final period
  // Messages of servers, verbatim.
  std::vector<std::string> details;
  std::string next;  // the next step; empty: none
};

using Findings = std::vector<Finding>;

// Returns findings of each state.
inline Finding Ok(std::string check, std::string subject, std::string text) {
  return {std::move(check),
          std::move(subject),
          State::kOk,
          std::move(text),
          {},
          ""};
}
inline Finding Warning(std::string check, std::string subject, std::string text,
                       std::string next) {
  return {std::move(check),
          std::move(subject),
          State::kWarning,
          std::move(text),
          {},
          std::move(next)};
}
inline Finding Error(std::string check, std::string subject, std::string text,
                     std::string next) {
  return {
      std::move(check), std::move(subject), State::kError, std::move(text), {},
      std::move(next)};
}

// Returns whether an error is among the findings.
bool HasErrors(const Findings& findings);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_FINDING_H_
