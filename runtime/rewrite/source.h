// Sources of COPY and ADD, as they are written.
#ifndef OVENBIRD_RUNTIME_REWRITE_SOURCE_H_
#define OVENBIRD_RUNTIME_REWRITE_SOURCE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::rewrite {

// Returns whether ADD downloads the source: a URL or a Git repository.
bool IsRemote(absl::string_view source);

// Returns whether an ADD has a source that it downloads, as far as its words
// say.
bool HasRemoteSource(const dockerfile::Instruction& add);

// Returns whether the source is a URL with http or https, which ADD downloads
// as one file.
bool IsHttp(absl::string_view source);

// Returns whether the path has a wildcard of COPY: `*`, `?` or `[`.
bool HasWildcard(absl::string_view path);

// Returns whether the path may not match itself when it is read as a pattern:
// it has a `[` or a backslash. Executors read the path of a folder in this way
// when they list its files, and find none.
bool MissesItself(absl::string_view path);

// Returns the path in the context without a leading slash; "" for the context
// itself. `..` at the top is dropped, so that nothing leads out of it.
std::string CleanSource(absl::string_view path);

// Returns whether only the JSON form of an instruction can contain the path,
// because it has white space.
bool NeedsJson(absl::string_view path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SOURCE_H_
