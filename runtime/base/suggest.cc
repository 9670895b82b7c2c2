#include "runtime/base/suggest.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ovenbird {
namespace {

// The words of camelCase, snake_case or kebab-case, in lower case and sorted.
std::vector<std::string> SortedWords(absl::string_view text) {
  std::vector<std::string> words;
  bool start = true;
  bool after_upper = false;
  for (char c : text) {
    if (!absl::ascii_isalnum(c)) {
      start = true;
      continue;
    }
    const bool upper = absl::ascii_isupper(c);
    if (start || (upper && !after_upper)) words.emplace_back();
    words.back() += absl::ascii_tolower(c);
    start = false;
    after_upper = upper;
  }
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace

bool DiffersOnlyInCase(absl::string_view a, absl::string_view b) {
  return a != b && absl::EqualsIgnoreCase(a, b);
}

std::optional<size_t> EditDistance(absl::string_view a, absl::string_view b,
                                   size_t limit) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > limit) return std::nullopt;
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1),
      row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] =
          std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  if (last[b.size()] > limit) return std::nullopt;
  return last[b.size()];
}

absl::string_view Suggest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates) {
  for (absl::string_view candidate : candidates) {
    if (DiffersOnlyInCase(word, candidate)) return candidate;
  }
  // A text that long is no slip of the pen, and the distance is quadratic.
  constexpr size_t kLongest = 128;
  if (word.size() > kLongest) return {};
  absl::string_view best;
  size_t limit = std::max<size_t>(word.size(), 3) / 3;
  for (absl::string_view candidate : candidates) {
    if (candidate == word) continue;
    const std::optional<size_t> distance = EditDistance(word, candidate, limit);
    if (!distance || *distance >= candidate.size()) continue;
    best = candidate;
    if (*distance <= 1) break;
    limit = *distance - 1;
  }
  if (!best.empty()) return best;
  const std::vector<std::string> words = SortedWords(word);
  if (words.empty()) return {};
  for (absl::string_view candidate : candidates) {
    if (candidate != word && SortedWords(candidate) == words) return candidate;
  }
  return {};
}

std::string DidYouMean(absl::string_view suggestion) {
  return suggestion.empty() ? ""
                            : absl::StrCat("did you mean `", suggestion, "`?");
}

std::string DidYouMean(absl::string_view word,
                       absl::Span<const absl::string_view> candidates) {
  return DidYouMean(Suggest(word, candidates));
}

std::string DidYouMean(absl::string_view word,
                       const std::vector<std::string>& candidates) {
  const std::vector<absl::string_view> views(candidates.begin(),
                                             candidates.end());
  return DidYouMean(word, views);
}

}  // namespace ovenbird
