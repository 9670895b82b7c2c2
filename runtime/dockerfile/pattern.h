// The syntax of the patterns of COPY, ADD and ignore files.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_PATTERN_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_PATTERN_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// Returns what is wrong with a pattern as a phrase ("`[` is not closed"); empty
// for one that Go's filepath.Match accepts, as Docker does.
std::string PatternProblem(absl::string_view pattern);

// Returns the same for a pattern that BuildKit makes a regular expression of,
// which cannot have a range such as `[z-a]`.
std::string StrictPatternProblem(absl::string_view pattern);

// Returns the same for the value of --exclude, which may start with `!`.
std::string ExclusionProblem(absl::string_view pattern);

// Returns whether COPY and ADD take the path as a pattern: an escaped wildcard
// is none.
bool HasWildcard(absl::string_view path);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_PATTERN_H_
