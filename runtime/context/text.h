// Texts of ignore files and Dockerfiles, read as Go's library reads them.
#ifndef OVENBIRD_RUNTIME_CONTEXT_TEXT_H_
#define OVENBIRD_RUNTIME_CONTEXT_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::context {

bool IsUtf8(absl::string_view text);

// Each byte that is no part of a valid sequence becomes U+FFFD.
std::string ToUtf8(absl::string_view text);

// Without white space (Unicode's) at both ends.
absl::string_view TrimSpace(absl::string_view text);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_TEXT_H_
