// The lines of a file that a diagnostic is about, with marks and labels below
// them.
#ifndef OVENBIRD_RUNTIME_REPORT_EXCERPT_H_
#define OVENBIRD_RUNTIME_REPORT_EXCERPT_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "runtime/base/source_file.h"

namespace ovenbird::report {

// A marked part of a line.
struct Annotation {
  Span span;     // all of one file; only the part on its first line is marked
  bool primary;  // marked with ^, else with -
  std::string text;
};

// How much is shown, and in which colours.
struct ExcerptStyle {
  int lines_before = 2;       // lines of context before the first mark
  size_t longest_line = 120;  // in bytes; longer ones are cut around the mark
  // Escape sequences around the marks; empty without colour.
  std::string primary_on, secondary_on, gutter_on, off;
};

// Returns the lines, with a line end at the end, and sets `gutter` to the
// columns before the bar. Returns an empty string, and leaves `gutter`
// unchanged, without annotations.
std::string RenderExcerpt(absl::Span<const Annotation> annotations,
                          const ExcerptStyle& style, int* gutter);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_EXCERPT_H_
