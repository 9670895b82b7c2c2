// Applies the fixes that diagnostics offer, and shows what they change.
#ifndef OVENBIRD_RUNTIME_PROBLEMS_FIX_H_
#define OVENBIRD_RUNTIME_PROBLEMS_FIX_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::problems {

// Which fixes are applied: --fix, --fix=all.
enum class FixChoice { kNone, kSafe, kAll };

// The edits of fixes that were chosen, by their positions.
struct ChosenFixes {
  std::vector<diag::Edit> edits;
  int fixes = 0;
};

// Returns the edits of those fixes of `problems` that are only about `file`. A
// fix that overlaps one before it is left out: check the new text again.
ChosenFixes ChooseFixes(const SourceFile& file,
                        const std::vector<diag::Diagnostic>& problems,
                        FixChoice choice);

// A text after fixes.
struct Fixed {
  std::string text;
  int fixes = 0;  // that were applied
};

// Returns the text of `file` with the fixes of ChooseFixes. Everything else
// stays as it is, byte for byte; without fixes that is the whole text.
Fixed ApplyFixes(const SourceFile& file,
                 const std::vector<diag::Diagnostic>& problems,
                 FixChoice choice);

// Returns the lines that differ as a unified diff with three lines of context;
// empty if there are none. `name` is the file's name on both sides.
std::string UnifiedDiff(absl::string_view name, absl::string_view before,
                        absl::string_view after);

}  // namespace ovenbird::problems

#endif  // OVENBIRD_RUNTIME_PROBLEMS_FIX_H_
