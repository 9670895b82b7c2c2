// The directive `# escape=`.
#ifndef OVENBIRD_RUNTIME_REWRITE_ESCAPE_H_
#define OVENBIRD_RUNTIME_REWRITE_ESCAPE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Rewrites values so that a backslash and the character of `# escape=` give the
// same result: executors split lines with the directive's character and read
// values with a backslash.
void WriteOutEscapes(const Site& site, Draft& draft);

// Returns `text`, whose escape character is a backtick, with single quotes in
// place of escapes; variables stay. nullopt if a `${...}` contains an escape or
// has no end.
std::optional<std::string> QuoteBackticks(absl::string_view text);

// Returns `literal` in quotes that hold no escape, so that it is read as it is,
// whatever the escape character.
std::string QuoteLiteral(absl::string_view literal);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ESCAPE_H_
