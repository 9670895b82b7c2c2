#include "runtime/yaml/extent.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace ovenbird::yaml {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool IsBreak(char c) { return c == '\n' || c == '\r'; }
bool IsSpace(char c) { return IsBlank(c) || IsBreak(c); }
bool IsFlowIndicator(char c) {
  return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

size_t LineEnd(absl::string_view text, size_t at) {
  return std::min(text.find('\n', at), text.size());
}

// A value may follow directly (`!a"b"`): what ends a tag is a character that
// none can have.
size_t TagEnd(absl::string_view text, size_t at) {
  if (absl::StartsWith(text.substr(at), "!<")) {
    return std::min(text.find('>', at), text.size() - 1) + 1;
  }
  constexpr absl::string_view kOthers = "-#;/?:@&=+$_.~*'()!";
  while (at < text.size()) {
    if (absl::ascii_isalnum(text[at]) || absl::StrContains(kOthers, text[at])) {
      ++at;
    } else if (text[at] == '%' && at + 2 < text.size() &&
               absl::ascii_isxdigit(text[at + 1]) &&
               absl::ascii_isxdigit(text[at + 2])) {
      at += 3;
    } else {
      break;
    }
  }
  return at;
}

size_t PropertyEnd(absl::string_view text, size_t at) {
  if (text[at] == '!') return TagEnd(text, at);
  while (at < text.size() && !IsSpace(text[at]) && !IsFlowIndicator(text[at])) {
    ++at;
  }
  return at;
}

ScalarExtent SingleQuoted(absl::string_view text, size_t begin) {
  size_t at = begin + 1;
  while (at < text.size()) {
    if (text[at] != '\'') {
      ++at;
    } else if (at + 1 < text.size() && text[at + 1] == '\'') {
      at += 2;
    } else {
      return {at + 1, Style::kQuoted, text.substr(begin + 1, at - begin - 1),
              true};
    }
  }
  return {text.size(), Style::kQuoted, {}, false};
}

ScalarExtent DoubleQuoted(absl::string_view text, size_t begin) {
  size_t at = begin + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  if (at >= text.size()) return {text.size(), Style::kQuoted, {}, false};
  return {at + 1, Style::kQuoted, text.substr(begin + 1, at - begin - 1), true};
}

// Lines of several that were folded into one text: the same characters with
// other white space between.
ScalarExtent Plain(absl::string_view text, size_t begin,
                   absl::string_view value) {
  const absl::string_view raw = text.substr(begin, value.size());
  if (raw == value) {
    return {begin + value.size(), Style::kPlain, raw, true};
  }
  size_t at = begin;
  for (char c : value) {
    if (IsSpace(c)) continue;
    while (at < text.size() && IsSpace(text[at])) ++at;
    if (at >= text.size() || text[at] != c) break;
    ++at;
  }
  return {at, Style::kPlain, {}, true};
}

// The digit in the header of a block scalar; 0 when there is none.
size_t IndentationIndicator(absl::string_view header) {
  for (char c : header.substr(1, 2)) {
    if (absl::ascii_isdigit(c)) return c - '0';
  }
  return 0;
}

// `|` or `>` with its text: all lines that are indented far enough.
ScalarExtent Block(absl::string_view text, size_t begin, int parent_column) {
  size_t end = LineEnd(text, begin);
  size_t indent = IndentationIndicator(text.substr(begin, end - begin));
  bool indent_is_known = indent > 0;
  if (indent_is_known) {
    indent += std::max(parent_column, 0);
  } else {
    indent = parent_column + 1;  // at least
  }
  for (size_t line = end; line < text.size();) {
    ++line;  // behind the line end
    const size_t line_end = LineEnd(text, line);
    size_t first = line;
    while (first < line_end && text[first] == ' ') ++first;
    const bool blank = first == line_end || text[first] == '\r';
    if (!blank) {
      const size_t columns = first - line;
      if (columns < indent) break;
      if (!indent_is_known) indent = columns;
      indent_is_known = true;
      end = line_end;
    }
    line = line_end;
  }
  if (text[end - 1] == '\r') --end;
  return {end, Style::kBlock, {}, true};
}

}  // namespace

size_t ColumnOf(absl::string_view text, size_t offset) {
  if (offset == 0) return 0;
  const size_t before = text.rfind('\n', offset - 1);
  return before == absl::string_view::npos ? offset : offset - before - 1;
}

size_t SkipBlank(absl::string_view text, size_t begin) {
  size_t at = begin;
  while (at < text.size()) {
    if (IsSpace(text[at])) {
      ++at;
    } else if (text[at] == '#') {
      at = LineEnd(text, at);
    } else {
      break;
    }
  }
  return at;
}

Properties SkipProperties(absl::string_view text, size_t begin) {
  Properties properties = {begin, begin};
  while (properties.value < text.size() &&
         (text[properties.value] == '&' || text[properties.value] == '!')) {
    properties.end = PropertyEnd(text, properties.value);
    properties.value = SkipBlank(text, properties.end);
  }
  return properties;
}

size_t AliasEnd(absl::string_view text, size_t begin) {
  size_t at = begin;
  while (at < text.size() && !IsSpace(text[at]) && !IsFlowIndicator(text[at])) {
    ++at;
  }
  return at;
}

ScalarExtent FindScalarExtent(absl::string_view text, size_t begin,
                              absl::string_view value, int parent_column) {
  if (begin >= text.size()) return {text.size(), Style::kPlain, {}, true};
  switch (text[begin]) {
    case '\'':
      return SingleQuoted(text, begin);
    case '"':
      return DoubleQuoted(text, begin);
    case '|':
    case '>':
      return Block(text, begin, parent_column);
    default:
      return Plain(text, begin, value);
  }
}

size_t FlowEnd(absl::string_view text, size_t begin, char bracket) {
  size_t at = begin;
  while (true) {
    at = SkipBlank(text, at);
    if (at >= text.size()) return text.size();
    const char c = text[at];
    if (c == bracket) return at + 1;
    if (c == '&' || c == '!') {
      at = PropertyEnd(text, at);
    } else if (c == ',' || c == ':' || c == '?') {
      ++at;
    } else {
      return begin;
    }
  }
}

}  // namespace ovenbird::yaml
