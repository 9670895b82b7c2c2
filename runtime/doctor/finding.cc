#include "runtime/doctor/finding.h"

#include <algorithm>

namespace ovenbird::doctor {

absl::string_view ToString(State state) {
  switch (state) {
    case State::kOk:
      return "ok";
    case State::kWarning:
      return "warning";
    case State::kError:
      return "error";
  }
  return "";
}

bool HasErrors(const Findings& findings) {
  return std::any_of(
      findings.begin(), findings.end(),
      [](const Finding& finding) { return finding.state == State::kError; });
}

}  // namespace ovenbird::doctor
