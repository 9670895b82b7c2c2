#include "codegen/names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace ovenbird::codegen {
namespace {

// Sorted. The last ones are macros of headers that generated code includes.
constexpr absl::string_view kKeywords[] = {
    "alignas",       "alignof",     "and",
    "and_eq",        "asm",         "auto",
    "bitand",        "bitor",       "bool",
    "break",         "case",        "catch",
    "char",          "char16_t",    "char32_t",
    "char8_t",       "class",       "co_await",
    "co_return",     "co_yield",    "compl",
    "concept",       "const",       "const_cast",
    "consteval",     "constexpr",   "constinit",
    "continue",      "decltype",    "default",
    "delete",        "do",          "double",
    "dynamic_cast",  "else",        "enum",
    "explicit",      "export",      "extern",
    "false",         "float",       "for",
    "friend",        "goto",        "if",
    "inline",        "int",         "long",
    "mutable",       "namespace",   "new",
    "noexcept",      "not",         "not_eq",
    "nullptr",       "operator",    "or",
    "or_eq",         "private",     "protected",
    "public",        "register",    "reinterpret_cast",
    "requires",      "return",      "short",
    "signed",        "sizeof",      "static",
    "static_assert", "static_cast", "struct",
    "switch",        "template",    "this",
    "thread_local",  "throw",       "true",
    "try",           "typedef",     "typeid",
    "typename",      "union",       "unsigned",
    "using",         "virtual",     "void",
    "volatile",      "wchar_t",     "while",
    "xor",           "xor_eq",      "EOF",
    "NULL",          "assert",      "errno",
    "linux",         "major",       "minor",
    "stderr",        "stdin",       "stdout",
    "unix",
};

constexpr size_t kColumns = 80;

// Words of a snake, camel or kebab name, in lower case.
std::vector<std::string> Words(absl::string_view name) {
  std::vector<std::string> words(1);
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '_' || c == '-' || c == '.') {
      if (!words.back().empty()) words.emplace_back();
      continue;
    }
    const bool upper = absl::ascii_isupper(c);
    const bool after_lower = i > 0 && (absl::ascii_islower(name[i - 1]) ||
                                       absl::ascii_isdigit(name[i - 1]));
    const bool before_lower = i > 0 && absl::ascii_isupper(name[i - 1]) &&
                              i + 1 < name.size() &&
                              absl::ascii_islower(name[i + 1]);
    if (upper && (after_lower || before_lower) && !words.back().empty()) {
      words.emplace_back();
    }
    words.back() += absl::ascii_tolower(c);
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::string Capital(std::string word) {
  if (!word.empty()) word[0] = absl::ascii_toupper(word[0]);
  return word;
}

std::string Escape(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", std::string(1, c));
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += '\\';
      for (const int shift : {6, 3, 0})
        out += static_cast<char>('0' + ((byte >> shift) & 7));
    } else if (c == '?' && !out.empty() && out.back() == '?') {
      out += "\\?";  // no trigraphs
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string UpperCamel(absl::string_view name) {
  std::string out;
  for (std::string& word : Words(name)) out += Capital(std::move(word));
  return out;
}

std::string LowerCamel(absl::string_view name) {
  std::string out;
  for (std::string& word : Words(name)) {
    out += out.empty() ? std::move(word) : Capital(std::move(word));
  }
  return out;
}

std::string Snake(absl::string_view name) {
  return absl::StrJoin(Words(name), "_");
}

std::string UpperSnake(absl::string_view name) {
  return absl::AsciiStrToUpper(Snake(name));
}

std::string Kebab(absl::string_view name) {
  return absl::StrJoin(Words(name), "-");
}

bool IsKeyword(absl::string_view name) {
  return std::find(std::begin(kKeywords), std::end(kKeywords), name) !=
         std::end(kKeywords);
}

std::string SafeName(absl::string_view name,
                     const std::vector<std::string>& taken) {
  const auto is_free = [&](const std::string& candidate) {
    return !IsKeyword(candidate) &&
           std::find(taken.begin(), taken.end(), candidate) == taken.end();
  };
  std::string out(name);
  if (is_free(out)) return out;
  // Two underscores in a row are the compiler's own.
  if (!absl::EndsWith(out, "_")) out += '_';
  if (is_free(out)) return out;
  for (int number = 2;; ++number) {
    std::string numbered = absl::StrCat(out, number);
    if (is_free(numbered)) return numbered;
  }
}

const std::vector<std::string>& ReservedTypes() {
  static const auto& types = *new std::vector<std::string>{
      "absl",     "config",   "ovenbird", "std",     "CheckEngine", "Decode",
      "FindRule", "FromJson", "InfoOf",   "Rules",   "ToJson",      "ToString",
      "ToYaml",   "Write",    "int32_t",  "int64_t",
  };
  return types;
}

const std::vector<std::string>& ReservedMembers() {
  static const auto& members = *new std::vector<std::string>{
      "absl", "ovenbird", "std", "int32_t", "int64_t"};
  return members;
}

std::string WithoutEnumPrefix(absl::string_view value,
                              absl::string_view enum_name) {
  const std::string prefix = absl::StrCat(UpperSnake(enum_name), "_");
  return std::string(value.size() > prefix.size() &&
                             absl::StartsWithIgnoreCase(value, prefix)
                         ? value.substr(prefix.size())
                         : value);
}

std::string ConstantName(absl::string_view value) {
  return absl::StrCat("k", UpperCamel(value));
}

std::string IncludeGuard(absl::string_view include) {
  std::string out;
  for (const char c : include) {
    out += absl::ascii_isalnum(c) ? absl::ascii_toupper(c) : '_';
  }
  return absl::StrCat(out, "_");
}

std::string CppString(absl::string_view text) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == absl::string_view::npos) {
      pieces.push_back(absl::StrCat("\"", Escape(text), "\""));
      break;
    }
    pieces.push_back(absl::StrCat("\"", Escape(text.substr(0, end)), "\\n\""));
    text.remove_prefix(end + 1);
  }
  if (pieces.empty()) return "\"\"";
  return absl::StrJoin(pieces, "\n");
}

std::string CppComment(absl::string_view text, int indent) {
  std::string out;
  const size_t room = kColumns - indent - 3;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    while (line.size() > room && !absl::StartsWith(line, "  ")) {
      size_t cut = line.rfind(' ', room);
      if (cut == absl::string_view::npos) cut = line.find(' ');
      if (cut == absl::string_view::npos) break;
      absl::StrAppend(&out, "// ", line.substr(0, cut), "\n");
      line.remove_prefix(cut + 1);
    }
    // A backslash at a line's end would swallow the next line.
    absl::StrAppend(&out, line.empty() ? "//" : "// ", line,
                    absl::EndsWith(line, "\\") ? " //\n" : "\n");
  }
  if (!out.empty()) out.pop_back();
  return out;
}

}  // namespace ovenbird::codegen
