#include "runtime/rewrite/global_arg.h"

#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::rewrite {
namespace {

bool IsQuote(char c) { return c == '"' || c == '\''; }

// The quote at one end of a value, with the escape before it; "": none.
std::string QuoteAt(absl::string_view one, absl::string_view two) {
  if (two.size() == 2 && two[0] == '\\' && IsQuote(two[1])) {
    return std::string(two);
  }
  return one.size() == 1 && IsQuote(one[0]) ? std::string(one) : "";
}

// Takes the quotes around a value off; nullopt: the executor fails.
std::optional<std::string> WithoutQuotes(const std::string& text) {
  if (text.size() < 2) return text;
  const absl::string_view all(text);
  const std::string leader = QuoteAt(all.substr(0, 1), all.substr(0, 2));
  // An escaped quote at the end counts only after one at the start.
  const std::string tail = QuoteAt(
      all.substr(text.size() - 1),
      leader.size() == 2 ? all.substr(text.size() - 2) : absl::string_view());
  if (leader.size() == 2 && tail.size() == 1) return std::nullopt;
  if (leader != tail) return std::nullopt;
  return leader.size() == 1 ? text.substr(1, text.size() - 2) : text;
}

// Whether the parser takes it for one word up to the end of the line.
bool IsOneWord(absl::string_view text, char escape) {
  char quote = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == escape) {
      if (i + 1 == text.size()) return false;  // The next line would follow.
      ++i;
    } else if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (IsQuote(c)) {
      quote = c;
    } else if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      return false;
    }
  }
  return true;
}

// In quotes for the parser, and with escapes for the expansion.
std::string WithEscapes(absl::string_view value, char escape) {
  std::string text = "\"";
  char quote = '"';  // as the parser sees it
  for (const char c : value) {
    if (IsQuote(c) && escape != '\\') {
      quote = quote == '\0' ? c : quote == c ? '\0' : quote;
    }
    if (IsQuote(c) || c == '$' || c == '\\') {
      text += '\\';
    } else if (quote == '\0' &&
               absl::ascii_isspace(static_cast<unsigned char>(c))) {
      absl::StrAppend(&text, "\"", absl::string_view(&c, 1), "\"");
      continue;
    }
    text += c;
  }
  return text + '"';
}

}  // namespace

std::optional<std::string> GlobalArgReader::Read(
    const std::string& written) const {
  std::optional<std::string> text = WithoutQuotes(written);
  if (!text || !expands) return text;
  absl::StatusOr<dockerfile::ShellText> expanded =
      dockerfile::ExpandShell(*text, lookup);
  if (!expanded.ok()) return std::nullopt;
  return std::move(expanded->text);
}

std::optional<std::string> GlobalArgReader::Write(
    absl::string_view value) const {
  if (absl::StrContains(value, '\n')) return std::nullopt;
  for (const std::string& written :
       {expands ? WithEscapes(value, escape) : absl::StrCat("\"", value, "\""),
        absl::StrCat("'", value, "'"), std::string(value)}) {
    if (IsOneWord(written, escape) && Read(written) == value) return written;
  }
  return std::nullopt;
}

}  // namespace ovenbird::rewrite
