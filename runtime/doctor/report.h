// The report of `ovenbird doctor`, for people and for programs.
#ifndef OVENBIRD_RUNTIME_DOCTOR_REPORT_H_
#define OVENBIRD_RUNTIME_DOCTOR_REPORT_H_

#include <string>

#include "runtime/doctor/finding.h"

namespace ovenbird::doctor {

// Returns a line for each finding, with its details and its next step in lines
// of their own (a next step of several findings once, after the last of them),
// and the numbers of errors and warnings in the last line. Safe
// to print on a terminal.
std::string ToText(const Findings& findings);

// Returns a JSON object: {"errors", "warnings", "findings": [{"check",
// "subject", "state", "text", "details", "next"}]}.
std::string ToJson(const Findings& findings);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_REPORT_H_
