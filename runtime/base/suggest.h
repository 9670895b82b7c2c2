// "did you mean": finds the candidate that the user most probably meant.
#ifndef OVENBIRD_RUNTIME_BASE_SUGGEST_H_
#define OVENBIRD_RUNTIME_BASE_SUGGEST_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ovenbird {

// Returns the restricted Damerau-Levenshtein distance in bytes (insert, remove,
// replace, swap of neighbours); nullopt if it is above `limit`.
std::optional<size_t> EditDistance(absl::string_view a, absl::string_view b,
                                   size_t limit);

// Returns the best candidate, as a view of it; empty if none is close. Tries in
// this order: the same word in other case; the smallest edit distance up to
// max(length, 3) / 3; the same camelCase, snake_case or kebab-case words in
// another order or notation. The first of equals wins; `word` itself is never
// suggested.
absl::string_view Suggest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates);

// Returns "did you mean `x`?" for the label of a diagnostic; empty for an empty
// suggestion.
std::string DidYouMean(absl::string_view suggestion);

// Returns the same for what Suggest finds; empty if it finds no candidate.
std::string DidYouMean(absl::string_view word,
                       absl::Span<const absl::string_view> candidates);
std::string DidYouMean(absl::string_view word,
                       const std::vector<std::string>& candidates);

// Returns whether the two differ, and only in case: such a fix is safe.
bool DiffersOnlyInCase(absl::string_view a, absl::string_view b);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SUGGEST_H_
