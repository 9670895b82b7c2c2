#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "re2/re2.h"
#include "runtime/base/utf8.h"
#include "runtime/base/writer.h"

namespace ovenbird {
namespace {

// Words that are null, booleans or merge keys somewhere: YAML 1.1 and 1.2.
bool IsReservedWord(absl::string_view text) {
  static constexpr absl::string_view kWords[] = {
      "null", "true", "false", "yes", "no",   "on",   "off",   "y",
      "n",    "~",    "<<",    "=",   ".nan", ".inf", "-.inf", "+.inf"};
  if (text.empty() || text.size() > 5 ||
      !absl::StrContains("nNtTfFyYoO~<=.-+", text[0])) {
    return false;
  }
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [text](absl::string_view word) {
                       return absl::EqualsIgnoreCase(text, word);
                     });
}

// What a YAML 1.1 or 1.2 reader takes for a number or a time: 12, 0777, 0o17,
// 0x1F, 0b1, 1_000, 1e3, .5, 12:30:45, 2001-12-14. Underscores count for
// nothing, wherever they are.
bool IsNumberOrTime(absl::string_view text) {
  if (!absl::ascii_isdigit(text[0]) && !absl::StrContains("+-.", text[0])) {
    return false;
  }
  // Flags: `--x`, `-x`.
  if (!absl::ascii_isdigit(text[0]) && text.size() > 1 &&
      !absl::ascii_isdigit(text[1]) && text[1] != '.' && text[1] != '_') {
    return false;
  }
  static const RE2& pattern =
      *new RE2(R"([-+]?0[bB][01]*|[-+]?0[oO][0-7]*|[-+]?0[xX][0-9a-fA-F]*)"
               R"(|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"
               R"(|[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?)"
               R"(|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?)");
  return absl::StrContains(text, '_')
             ? RE2::FullMatch(absl::StrReplaceAll(text, {{"_", ""}}), pattern)
             : RE2::FullMatch(re2::StringPiece(text.data(), text.size()),
                              pattern);
}

// A character that cannot start a plain scalar, or not without care.
bool IsIndicator(char c) {
  return absl::StrContains("-?:,[]{}#&*!|>'\"%@` ", c);
}

bool HasPlainStart(absl::string_view text) {
  if (!IsIndicator(text[0])) return true;
  // `-x`, `?x`, `:x` are plain when something follows directly.
  const bool guarded = text[0] == '-' || text[0] == '?' || text[0] == ':';
  return guarded && text.size() > 1 && absl::ascii_isgraph(text[1]) &&
         !absl::StartsWith(text, "---");
}

bool IsPrintable(uint32_t code_point) {
  if (code_point == '\t' || code_point == '\n') return true;
  if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0)) {
    return false;
  }
  // Line separators of YAML 1.1, the byte order mark, and what is no character.
  return code_point != 0x2028 && code_point != 0x2029 && code_point != 0xFEFF &&
         code_point != 0xFFFE && code_point != 0xFFFF;
}

bool IsPrintable(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte < 0x7F) {
      ++i;
      continue;
    }
    const Utf8Char c = DecodeUtf8(text.substr(i));
    if (!c.valid || !IsPrintable(c.code_point)) return false;
    i += c.size;
  }
  return true;
}

// Readable as a literal block: every line is printable, none is lost.
bool FitsLiteralBlock(absl::string_view text) {
  if (!absl::StrContains(text, '\n') || !IsPrintable(text)) return false;
  if (text.back() == ' ') return false;
  // Blank first lines would set the indentation; tabs there are errors.
  const size_t first = text.find_first_not_of('\n');
  return first != absl::string_view::npos && text[first] != '\t' &&
         text.find_first_not_of(" \n\t") != absl::string_view::npos;
}

void AppendSingleQuoted(absl::string_view text, std::string* out) {
  out->push_back('\'');
  for (char c : text) {
    if (c == '\'') out->push_back('\'');
    out->push_back(c);
  }
  out->push_back('\'');
}

// YAML's double quotes read JSON's escapes, and those of line separators are
// written where JSON leaves the character as it is.
void AppendDoubleQuoted(absl::string_view text, std::string* out) {
  std::string json;
  AppendJsonString(text, &json);
  for (size_t i = 0; i < json.size();) {
    const Utf8Char c = DecodeUtf8(absl::string_view(json).substr(i));
    if (IsPrintable(c.code_point)) {
      out->append(json, i, c.size);
    } else {
      absl::StrAppend(out, "\\u", absl::Hex(c.code_point, absl::kZeroPad4));
    }
    i += c.size;
  }
}

void AppendScalar(absl::string_view text, std::string* out) {
  if (IsPlainYamlString(text)) {
    out->append(text.data(), text.size());
  } else if (text.empty() || IsReservedWord(text) || IsNumberOrTime(text) ||
             absl::StrContains(text, '\n') || absl::StrContains(text, '\t') ||
             !IsPrintable(text)) {
    AppendDoubleQuoted(text, out);
  } else {
    AppendSingleQuoted(text, out);
  }
}

// | with the indicators that a reader needs.
void AppendBlockHeader(absl::string_view text, std::string* out) {
  out->push_back('|');
  const size_t first = text.find_first_not_of('\n');
  if (text[first] == ' ' || first > 0) out->push_back('2');
  if (!absl::EndsWith(text, "\n")) {
    out->push_back('-');
  } else if (absl::EndsWith(text, "\n\n")) {
    out->push_back('+');
  }
}

// What most strings are: names, paths and flags, which no reader takes for
// anything else.
bool IsSimple(absl::string_view text) {
  size_t start = 0;
  while (start < 2 && start < text.size() && text[start] == '-') ++start;
  if (start == text.size()) return false;
  const bool good_start =
      absl::ascii_isalpha(text[start]) || (start == 0 && text[0] == '/');
  return good_start && text.back() != ':' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < '\x7f'; }) &&
         !IsReservedWord(text);
}

}  // namespace

bool IsPlainYamlString(absl::string_view text) {
  if (IsSimple(text)) return true;
  if (text.empty() || IsReservedWord(text) || IsNumberOrTime(text)) {
    return false;
  }
  if (!HasPlainStart(text) || text.back() == ' ' || text.back() == ':') {
    return false;
  }
  if (absl::StartsWith(text, "...") || absl::StrContains(text, ": ") ||
      absl::StrContains(text, " #")) {
    return false;
  }
  return !absl::StrContains(text, '\n') && !absl::StrContains(text, '\t') &&
         IsPrintable(text);
}

// Puts the cursor where the next item's or key's text begins.
void YamlWriter::StartItem() {
  if (open_.empty()) return;
  Frame& frame = open_.back();
  if (frame.empty) {
    frame.empty = false;
    if (!frame.in_line) {
      // Behind a `key:`.
      out_->push_back('\n');
      Indent(frame.indent);
    }
  } else {
    Indent(frame.indent);
  }
  if (frame.array) out_->append("- ");
}

void YamlWriter::Begin(bool array) {
  if (open_.empty()) {
    open_.push_back({array, true, 0, true});
    return;
  }
  const bool in_array = open_.back().array;
  if (in_array) StartItem();
  const int parent = open_.back().indent;
  // In a list the first key or item follows the dash; a list below a key
  // is not indented, as kubectl has it.
  const int indent = in_array || !array ? parent + 2 : parent;
  open_.push_back({array, true, indent, in_array});
}

void YamlWriter::End() {
  const Frame frame = open_.back();
  open_.pop_back();
  if (!frame.empty) return;
  if (!open_.empty() && !open_.back().array) out_->push_back(' ');
  out_->append(frame.array ? "[]\n" : "{}\n");
}

void YamlWriter::Key(absl::string_view key) {
  StartItem();
  const size_t start = out_->size();
  AppendScalar(key, out_);
  // YAML finds the `:` of a key only so far from its start.
  constexpr size_t kLongestKey = 1000;
  if (out_->size() - start > kLongestKey) {
    out_->insert(start, "? ");
    out_->push_back('\n');
    Indent(open_.back().indent);
  }
  out_->push_back(':');
}

// Puts the cursor where a value on the current line begins.
void YamlWriter::StartValue() {
  if (!open_.empty() && !open_.back().array) {
    out_->push_back(' ');
  } else {
    StartItem();
  }
}

void YamlWriter::Plain(absl::string_view text) {
  StartValue();
  out_->append(text.data(), text.size());
  out_->push_back('\n');
}

int YamlWriter::BlockIndent() const {
  return open_.empty() ? 2 : open_.back().indent + 2;
}

void YamlWriter::String(absl::string_view value) {
  StartValue();
  if (!FitsLiteralBlock(value)) {
    AppendScalar(value, out_);
    out_->push_back('\n');
    return;
  }
  AppendBlockHeader(value, out_);
  out_->push_back('\n');
  if (absl::EndsWith(value, "\n")) value.remove_suffix(1);
  while (true) {
    const size_t end = value.find('\n');
    const absl::string_view line = value.substr(0, end);
    if (!line.empty()) Indent(BlockIndent());
    out_->append(line.data(), line.size());
    out_->push_back('\n');
    if (end == absl::string_view::npos) return;
    value.remove_prefix(end + 1);
  }
}

void YamlWriter::Int(int64_t value) { Plain(absl::StrCat(value)); }

void YamlWriter::Double(double value) {
  if (!std::isfinite(value)) {
    Null();
    return;
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  Plain(absl::string_view(buffer, end - buffer));
}

void YamlWriter::Bool(bool value) { Plain(value ? "true" : "false"); }

void YamlWriter::Null() { Plain("null"); }

}  // namespace ovenbird
