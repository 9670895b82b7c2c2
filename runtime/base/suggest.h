// "did you mean": the candidate that the user most probably wanted to write.
#ifndef OVENBIRD_RUNTIME_BASE_SUGGEST_H_
#define OVENBIRD_RUNTIME_BASE_SUGGEST_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ovenbird {

// Restricted Damerau-Levenshtein distance in bytes (insert, remove, replace,
// swap of neighbours); nullopt when it is above `limit`.
std::optional<size_t> EditDistance(absl::string_view a, absl::string_view b,
                                   size_t limit);

// Tried in this order: the same text in other case; the smallest edit distance
// up to max(length, 3) / 3; the same camelCase, snake_case or kebab-case words
// in another order or notation. Of equals the first. `word` itself is never
// suggested; empty: no suggestion. The result is a view of the candidate.
absl::string_view Suggest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates);

// "did you mean `x`?", or nothing without a suggestion: for the label of a
// diagnostic.
std::string DidYouMean(absl::string_view suggestion);
// As above, with what Suggest finds.
std::string DidYouMean(absl::string_view word,
                       absl::Span<const absl::string_view> candidates);
std::string DidYouMean(absl::string_view word,
                       const std::vector<std::string>& candidates);

// True when the two differ only in case: a safe fix.
bool DiffersOnlyInCase(absl::string_view a, absl::string_view b);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SUGGEST_H_
