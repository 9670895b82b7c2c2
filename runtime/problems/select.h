// Which of the problems that were found are reported, and how severe they are.
#ifndef OVENBIRD_RUNTIME_PROBLEMS_SELECT_H_
#define OVENBIRD_RUNTIME_PROBLEMS_SELECT_H_

#include <vector>

#include "runtime/diag/diagnostic.h"
#include "runtime/problems/baseline.h"
#include "runtime/problems/rule_settings.h"
#include "runtime/problems/suppressions.h"

namespace ovenbird::problems {

// A file that may have comments for Suppressions. It must outlive the call.
struct CheckedFile {
  const SourceFile* file = nullptr;
  FileKind kind = FileKind::kYaml;
  // Everything in it was checked, so that comments without effect can be
  // reported.
  bool complete = false;
};

// What the user asked for.
struct SelectOptions {
  RuleSettings rules;
  Baseline baseline;    // empty: nothing is known
  bool strict = false;  // warnings are errors
};

// Returns the problems that no comment, no setting and no baseline hides, with
// the severities of the settings, in the same order; comments without effect
// come last. Errors are never hidden.
std::vector<diag::Diagnostic> Select(
    const std::vector<diag::Diagnostic>& problems,
    const std::vector<CheckedFile>& files, SelectOptions options);

// Returns whether one of the problems is an error.
bool HasErrors(const std::vector<diag::Diagnostic>& problems);

}  // namespace ovenbird::problems

#endif  // OVENBIRD_RUNTIME_PROBLEMS_SELECT_H_
