// The lines of a file that a diagnostic is about, with what it says about them.
#ifndef OVENBIRD_RUNTIME_REPORT_EXCERPT_H_
#define OVENBIRD_RUNTIME_REPORT_EXCERPT_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "runtime/base/source_file.h"

namespace ovenbird::report {

struct Annotation {
  Span span;  // all of one file; only the part on its first line is marked
  bool primary;
  std::string text;
};

struct ExcerptStyle {
  int lines_before = 2;       // the first annotated one
  size_t longest_line = 120;  // longer ones are cut around what is marked
  // Escape sequences around the marks; empty without colour.
  std::string primary_on, secondary_on, gutter_on, off;
};

// Ends with a line end. `gutter` is set to the columns before the bar.
std::string RenderExcerpt(absl::Span<const Annotation> annotations,
                          const ExcerptStyle& style, int* gutter);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_EXCERPT_H_
