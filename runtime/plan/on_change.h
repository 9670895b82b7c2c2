// The files that `build.custom.onChange` names.
#ifndef OVENBIRD_RUNTIME_PLAN_ON_CHANGE_H_
#define OVENBIRD_RUNTIME_PLAN_ON_CHANGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::plan {

// Returns a hash of the content of all files that one of `patterns` matches,
// and of all files in folders that one matches. Paths are relative to `folder`,
// and may lead out of it. A pattern may match nothing, since its files may be
// created later. kInvalidArgument: a pattern is malformed.
absl::StatusOr<std::string> FingerprintOf(
    const std::string& folder, const std::vector<std::string>& patterns);

// The folder where the search for a pattern starts, and the pattern below it:
// {"../common", "**/*.go"}, {"", "src"}.
struct PatternParts {
  std::string folder;
  std::string rest;
};
// Splits a pattern before its first part with a wildcard, or before its last
// part.
PatternParts SplitPattern(absl::string_view pattern);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_ON_CHANGE_H_
