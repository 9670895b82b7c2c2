// The text of ignore files and Dockerfiles, read as Go's library reads it.
#ifndef OVENBIRD_RUNTIME_CONTEXT_TEXT_H_
#define OVENBIRD_RUNTIME_CONTEXT_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::context {

// Returns whether all of `text` is valid UTF-8.
bool IsUtf8(absl::string_view text);

// Returns `text` with each byte that is not part of a valid sequence replaced
// with U+FFFD.
std::string ToUtf8(absl::string_view text);

// Returns `text` without white space (Unicode's) at both ends.
absl::string_view TrimSpace(absl::string_view text);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_TEXT_H_
