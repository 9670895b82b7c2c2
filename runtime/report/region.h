// Spans as lines and columns, for the output.
#ifndef OVENBIRD_RUNTIME_REPORT_REGION_H_
#define OVENBIRD_RUNTIME_REPORT_REGION_H_

#include <string>

#include "runtime/base/source_file.h"

namespace ovenbird::report {

// A span in lines and columns: both count from 1, columns in code points; the
// end is after the last character.
struct Region {
  Position start;
  Position end;
};

// Returns `span` moved into its file, with its end not before its begin.
// `span.file` must not be null.
Span Clamped(Span span);

// Returns the lines and columns of Clamped(span).
Region RegionOf(Span span);

// Returns false for an empty span, and for the value of a flag: its SourceFile
// has the flag's name (--var), which no editor or code host can open.
bool IsInFile(Span span);

// Returns false if no line can be named: for an empty span, the value of a
// flag, and a file that cannot be read.
bool HasRegion(Span span);

// Returns "devspace.yaml:5:9"; "devspace.yaml" for a file that cannot be read;
// "--var" for the value of a flag; an empty string for an empty span.
std::string LocationText(Span span);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_REGION_H_
