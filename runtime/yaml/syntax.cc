#include "runtime/yaml/syntax.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/extent.h"

namespace ovenbird::yaml {
namespace {

struct Wording {
  absl::string_view parser;
  absl::string_view ours;
};

// The start of the parser's message; the first that fits.
constexpr Wording kWordings[] = {
    {"end of map flow not found", "mapping in braces has no `}`"},
    {"end of sequence flow not found", "list in brackets has no `]`"},
    {"end of map not found", "line does not belong to the mapping above it"},
    {"end of sequence not found", "line does not belong to the list above it"},
    {"illegal map value", "`:` where no value is allowed"},
    {"illegal map key", "key where none is allowed"},
    {"illegal block entry", "`-` where no list item is allowed"},
    {"illegal flow end", "closing bracket without an opening one"},
    {"unknown token", "a value cannot start with this character"},
    {"unknown escape character", "unknown escape in a quoted string"},
    {"bad character found while scanning hex number",
     "escape needs hexadecimal digits"},
    {"invalid unicode", "escape is not a valid character"},
    {"illegal document indicator in scalar",
     "`---` or `...` inside a quoted string"},
    {"cannot assign multiple tags", "value has two tags"},
    {"cannot assign multiple anchors", "value has two anchors"},
    {"cannot assign multiple aliases", "value has two aliases"},
    {"aliases can't have any content", "alias has an anchor or a tag"},
    {"alias not found after *", "`*` without a name"},
    {"anchor not found after &", "`&` without a name"},
    {"illegal character found while scanning alias",
     "character that is not allowed in an alias"},
    {"illegal character found while scanning anchor",
     "character that is not allowed in an anchor"},
    {"cannot set zero indentation for a block scalar",
     "indentation of a block string cannot be 0"},
    {"unexpected character in block scalar",
     "unexpected character after `|` or `>`"},
};

absl::string_view Reworded(absl::string_view message) {
  for (const Wording& wording : kWordings) {
    if (absl::StartsWith(message, wording.parser)) return wording.ours;
  }
  return message;
}

// A tab in the indentation of the line at `offset` or of the one with text
// before it: the parser stumbles a little later.
std::optional<size_t> FindTab(const SourceFile& file, size_t offset) {
  const int last = file.PositionAt(offset).line;
  int seen = 0;
  for (int line = last; line >= 1 && seen < 2; --line) {
    const absl::string_view content = file.Line(line);
    const size_t first = content.find_first_not_of(" \t");
    if (first == absl::string_view::npos) continue;
    ++seen;
    const size_t tab = content.find('\t');
    if (tab < first) return file.LineStart(line) + tab;
  }
  return std::nullopt;
}

// `key:value` in the line before the one at `offset`: the parser takes both
// lines for one string, and stumbles over the colon of the second. Returns the
// offset after the first colon.
std::optional<size_t> FindMissingSpace(const SourceFile& file, size_t offset) {
  int line = file.PositionAt(offset).line - 1;
  while (line >= 1 && absl::StripAsciiWhitespace(file.Line(line)).empty()) {
    --line;
  }
  const absl::string_view content = file.Line(line);
  size_t key = content.find_first_not_of(" -");
  if (key == absl::string_view::npos) return std::nullopt;
  size_t colon = key;
  while (colon < content.size() && (absl::ascii_isalnum(content[colon]) ||
                                    absl::StrContains("_-", content[colon]))) {
    ++colon;
  }
  if (colon == key || colon + 1 >= content.size() || content[colon] != ':' ||
      absl::ascii_isspace(content[colon + 1])) {
    return std::nullopt;
  }
  return file.LineStart(line) + colon + 1;
}

// The value starts right after the colon at `begin` - 1.
diag::Diagnostic DescribeMissingSpace(const SourceFile& file, size_t begin) {
  const auto at = static_cast<uint32_t>(begin);
  diag::Diagnostic diagnostic =
      diag::YamlSyntax({&file, at - 1, at}, "no space after this `:`");
  diagnostic.help = "add a space after the `:`";
  diagnostic.WithFix({"add a space", {{{&file, at, at}, " "}}});
  return diagnostic;
}

// `{a: ${NAME}}`: the parser stumbles over the brace behind the dollar.
bool IsUnquotedVariable(absl::string_view text, const SyntaxFailure& failure,
                        size_t begin) {
  return failure.open_bracket && begin > 0 &&
         absl::StartsWith(text.substr(begin - 1), "${");
}

diag::Diagnostic DescribeUnknownAlias(const SourceFile& file, size_t offset,
                                      const std::vector<std::string>& names) {
  const absl::string_view text = file.text();
  const size_t end = std::max(AliasEnd(text, offset), offset + 1);
  const absl::string_view name =
      absl::StripPrefix(text.substr(offset, end - offset), "*");
  const std::vector<absl::string_view> candidates(names.begin(), names.end());
  const absl::string_view nearest = Suggest(name, candidates);
  const std::string hint =
      nearest.empty() ? "" : absl::StrCat("did you mean `*", nearest, "`?");
  return diag::UnknownAlias(
      {&file, static_cast<uint32_t>(offset), static_cast<uint32_t>(end)}, name,
      hint);
}

}  // namespace

diag::Diagnostic DescribeSyntaxFailure(const SourceFile& file,
                                       const SyntaxFailure& failure) {
  const size_t size = file.text().size();
  const auto begin = static_cast<uint32_t>(std::min(failure.offset, size));
  const auto end = static_cast<uint32_t>(std::min<size_t>(begin + 1, size));
  const Span span = {&file, begin, end};
  if (const std::optional<size_t> tab = FindTab(file, begin)) {
    const auto at = static_cast<uint32_t>(*tab);
    return diag::YamlTab({&file, at, at + 1});
  }
  if (absl::StartsWith(failure.message,
                       "the referenced anchor is not defined")) {
    return DescribeUnknownAlias(file, begin, failure.anchor_names);
  }
  if (IsUnquotedVariable(file.text(), failure, begin)) {
    return diag::UnquotedVariable(span);
  }
  if (absl::StartsWith(failure.message, "illegal map value")) {
    if (const auto value = FindMissingSpace(file, begin)) {
      return DescribeMissingSpace(file, *value);
    }
  }
  diag::Diagnostic diagnostic =
      diag::YamlSyntax(span, Reworded(failure.message));
  if (failure.open_bracket) {
    const char bracket = file.text()[failure.open_bracket.begin];
    diagnostic.WithLabel(failure.open_bracket, bracket == '['
                                                   ? "this `[` is still open"
                                                   : "this `{` is still open");
  }
  return diagnostic;
}

diag::Diagnostic DescribeSecondDocument(const SourceFile& file, size_t end) {
  const absl::string_view text = file.text();
  size_t at = SkipBlank(text, end);
  while (absl::StartsWith(text.substr(at), "...")) at = SkipBlank(text, at + 3);
  const auto begin = static_cast<uint32_t>(at);
  if (absl::StartsWith(text.substr(at), "---")) {
    return diag::SeveralDocuments({&file, begin, begin + 3});
  }
  const auto next = static_cast<uint32_t>(std::min(at + 1, text.size()));
  return diag::YamlSyntax({&file, begin, next},
                          "text after the end of the value");
}

}  // namespace ovenbird::yaml
