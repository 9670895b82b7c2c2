// The files that `build.custom.onChange` names.
#ifndef OVENBIRD_RUNTIME_PLAN_ON_CHANGE_H_
#define OVENBIRD_RUNTIME_PLAN_ON_CHANGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::plan {

// A number for the content of all files that one of `patterns` matches, and of
// all below a folder that one does. Paths are from `folder`; they may lead out
// of it. A pattern that matches nothing is fine: its files may come.
// kInvalidArgument for a pattern that is none.
absl::StatusOr<std::string> FingerprintOf(
    const std::string& folder, const std::vector<std::string>& patterns);

// Where the search for a pattern begins, and what is matched from there on:
// {"../common", "**/*.go"}, {"", "src"}.
struct PatternParts {
  std::string folder;
  std::string rest;
};
PatternParts SplitPattern(absl::string_view pattern);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_ON_CHANGE_H_
