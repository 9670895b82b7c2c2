// Explains in the user's terms why a text is not valid YAML. The parser's own
// marks and words are often far from the cause.
#ifndef OVENBIRD_RUNTIME_YAML_SYNTAX_H_
#define OVENBIRD_RUNTIME_YAML_SYNTAX_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::yaml {

// An error of the parser.
struct SyntaxFailure {
  size_t offset;
  absl::string_view message;  // the parser's
  // The innermost `[` or `{` that is still open; empty without one.
  Span open_bracket;
  const std::vector<std::string>& anchor_names;  // seen before
};

// Returns a diagnostic at the most likely cause, e.g. a tab or an unquoted
// `${NAME}` before the parser's mark.
diag::Diagnostic DescribeSyntaxFailure(const SourceFile& file,
                                       const SyntaxFailure& failure);

// Returns a diagnostic for text after the first document, which ends at `end`.
diag::Diagnostic DescribeSecondDocument(const SourceFile& file, size_t end);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_SYNTAX_H_
