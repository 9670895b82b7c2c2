// Spans as lines and columns, for those who read the output.
#ifndef OVENBIRD_RUNTIME_REPORT_REGION_H_
#define OVENBIRD_RUNTIME_REPORT_REGION_H_

#include <string>

#include "runtime/base/source_file.h"

namespace ovenbird::report {

// Both ends 1-based, columns in code points, the end is behind the last
// character.
struct Region {
  Position start;
  Position end;
};

// `span` put right where it is not inside of its file or ends before it begins.
// `span.file` must not be null.
Span Clamped(Span span);
Region RegionOf(Span span);

// False for no place, and for the value of a flag: its SourceFile has the
// flag's name (--var), which no editor or code host can open.
bool IsInFile(Span span);

// "devspace.yaml:5:9", "--var" for the value of a flag; empty for no place.
std::string LocationText(Span span);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_REGION_H_
