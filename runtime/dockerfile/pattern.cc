#include "runtime/dockerfile/pattern.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "runtime/base/utf8.h"

namespace ovenbird::dockerfile {
namespace {

constexpr char kNotClosed[] = "`[` is not closed";
constexpr char kNothingEscaped[] = "nothing follows the last `\\`";

// Walks over a pattern; empty results: no problem.
class Checker {
 public:
  explicit Checker(absl::string_view pattern) : rest_(pattern) {}

  std::string Run() {
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '[') {
        std::string problem = TakeClass();
        if (!problem.empty()) return problem;
      } else if (c == '\\') {
        if (rest_.empty()) return kNothingEscaped;
        rest_.remove_prefix(1);
      }
    }
    return "";
  }

  // Whether a range such as `z-a` was found.
  bool has_reversed_range() const { return has_reversed_range_; }

 private:
  // After the "[".
  std::string TakeClass() {
    absl::ConsumePrefix(&rest_, "^");
    for (bool first = true;; first = false) {
      if (!first && absl::ConsumePrefix(&rest_, "]")) return "";
      uint32_t low = 0;
      std::string problem = TakeCharacter(&low);
      if (problem.empty() && absl::ConsumePrefix(&rest_, "-")) {
        uint32_t high = 0;
        problem = TakeCharacter(&high);
        if (high < low) has_reversed_range_ = true;
      }
      if (!problem.empty()) return problem;
    }
  }

  // One character of a class, possibly escaped.
  std::string TakeCharacter(uint32_t* character) {
    if (rest_.empty()) return kNotClosed;
    if (rest_[0] == '-') return "`-` in `[...]` needs a `\\` before it";
    if (rest_[0] == ']') return "`[]` is empty";
    if (rest_[0] == '\\') {
      rest_.remove_prefix(1);
      if (rest_.empty()) return kNothingEscaped;
    }
    const Utf8Char next = DecodeUtf8(rest_);
    if (!next.valid) return "a character in `[...]` is not UTF-8";
    *character = next.code_point;
    rest_.remove_prefix(next.size);
    return rest_.empty() ? kNotClosed : "";
  }

  absl::string_view rest_;
  bool has_reversed_range_ = false;
};

}  // namespace

std::string PatternProblem(absl::string_view pattern) {
  return Checker(pattern).Run();
}

std::string StrictPatternProblem(absl::string_view pattern) {
  Checker checker(pattern);
  std::string problem = checker.Run();
  if (problem.empty() && checker.has_reversed_range()) {
    return "a range in `[...]` ends before it starts";
  }
  return problem;
}

std::string ExclusionProblem(absl::string_view pattern) {
  pattern = absl::StripAsciiWhitespace(pattern);
  if (pattern == "!") return "nothing follows the `!`";
  absl::ConsumePrefix(&pattern, "!");
  return StrictPatternProblem(pattern);
}

bool HasWildcard(absl::string_view path) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (absl::StrContains("*?[", path[i])) return true;
    if (path[i] == '\\') ++i;
  }
  return false;
}

}  // namespace ovenbird::dockerfile
