// What is in a folder, for code in which memory may run out: the iterators of
// std::filesystem end the program then (libstdc++ 12).
#ifndef OVENBIRD_RUNTIME_BASE_ENTRIES_H_
#define OVENBIRD_RUNTIME_BASE_ENTRIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ovenbird {

// Returns the paths of the entries of `folder`, which they begin with, in no
// order; the code of errno if it cannot be read.
absl::StatusOr<std::vector<std::string>> EntriesOf(const std::string& folder);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_ENTRIES_H_
