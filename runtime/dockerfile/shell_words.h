// Quotes, escapes and variables in a Dockerfile's words, by BuildKit's rules
// (which are neither the shell's nor quite their documentation's).
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WORDS_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WORDS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// Returns the value of a variable; nullopt if it is not set.
using Lookup =
    std::function<std::optional<std::string>(absl::string_view name)>;

// Variants of the expansion, as different instructions need them.
struct ShellOptions {
  char escape = '\\';
  // Quotes are ordinary characters.
  bool plain_quotes = false;
  // Leave quotes and escapes in the result.
  bool raw_quotes = false;
  bool raw_escapes = false;
  // Keep `$name` of a variable that is not set.
  bool keep_unset = false;
};

// The result of an expansion.
struct ShellText {
  std::string text;                // the whole
  std::vector<std::string> words;  // cut at white space outside of quotes
};

// The longest expansion, in bytes: `ENV A=$A$A` doubles the value in each line.
inline constexpr size_t kMaxExpansion = 1 << 20;

// Resolves `$name`, `${name}`, `${name:-word}`, `:+`, `:?`, `-`, `+`, `?`,
// `#pattern`, `##`, `%`, `%%`, `/pattern/text`, `//`. kInvalidArgument for
// syntax that BuildKit rejects ("missing `}`"), kFailedPrecondition for a
// variable that must have a value (`:?`, `?`) and has none, kOutOfRange for a
// result longer than kMaxExpansion.
absl::StatusOr<ShellText> ExpandShell(absl::string_view text,
                                      const Lookup& lookup,
                                      const ShellOptions& options = {});

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_WORDS_H_
