// The user's text as a terminal can show it: nothing in it may move the cursor,
// change colours or reverse the writing direction.
#ifndef OVENBIRD_RUNTIME_REPORT_VISIBLE_H_
#define OVENBIRD_RUNTIME_REPORT_VISIBLE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::report {

// Returns the columns that the character takes on a terminal: 0, 1 or 2.
int DisplayWidth(uint32_t code_point);

// Returns `text` on one line: control characters, line ends, invisible
// characters and bytes that are not UTF-8 become escapes (\x1B, \n, \u200B), a
// tab becomes four spaces.
std::string Visible(absl::string_view text);

// Returns a text of several lines, each of them as from Visible.
std::string VisibleLines(absl::string_view text);

// Returns a line of a program's output as from Visible, but with its colours
// (the SGR sequences) and tabs. Of parts that overwrite each other (progress
// bars, which go back with \r) the last one is left.
std::string VisibleWithColors(absl::string_view line);

// Returns the columns that Visible(text) takes.
int VisibleWidth(absl::string_view text);

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_VISIBLE_H_
