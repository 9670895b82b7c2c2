// Sources of COPY and ADD, by their text.
#ifndef OVENBIRD_RUNTIME_REWRITE_SOURCE_H_
#define OVENBIRD_RUNTIME_REWRITE_SOURCE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::rewrite {

// True for what ADD downloads.
bool IsRemote(absl::string_view source);

// Returns whether it is a URL of HTTP, which ADD makes a file of.
bool IsHttp(absl::string_view source);

bool HasWildcard(absl::string_view path);

// Returns the path in the context, without a slash in front; "" for its top.
// Nothing leads out of it.
std::string CleanSource(absl::string_view path);

// Only the JSON form of an instruction can hold it.
bool NeedsJson(absl::string_view path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SOURCE_H_
