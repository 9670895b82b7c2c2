// Strings from a printf format.
//
// absl::StrFormat appends the last part of its string in a destructor: without
// memory it terminates the program, which leaves objects in the cluster. So
// tools/doors.txt rejects it below runtime/.
#ifndef OVENBIRD_RUNTIME_BASE_FORMAT_TEXT_H_
#define OVENBIRD_RUNTIME_BASE_FORMAT_TEXT_H_

#include <cstddef>
#include <cstdlib>
#include <string>

#include "absl/strings/str_format.h"

namespace ovenbird {

// Returns the formatted string; throws std::bad_alloc if there is no memory for
// it. The compiler checks the format.
template <typename... Args>
std::string FormatText(const absl::FormatSpec<Args...>& format,
                       const Args&... args) {
  // Short strings, which most are, need no second pass.
  char buffer[256];
  const int size = absl::SNPrintF(buffer, sizeof(buffer), format, args...);
  if (size < 0) std::abort();  // a format that the compiler has accepted
  if (static_cast<size_t>(size) < sizeof(buffer)) {
    return std::string(buffer, static_cast<size_t>(size));
  }
  std::string text(static_cast<size_t>(size) + 1, '\0');
  absl::SNPrintF(&text[0], text.size(), format, args...);
  text.pop_back();
  return text;
}

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_FORMAT_TEXT_H_
