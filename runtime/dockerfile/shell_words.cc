#include "runtime/dockerfile/shell_words.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "re2/re2.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::dockerfile {
namespace {

constexpr char kEnd = '\0';  // No text of a Dockerfile has one.
constexpr int kMaxDepth = 100;

absl::Status Bad(absl::string_view problem) {
  return absl::InvalidArgumentError(problem);
}

absl::Status CheckSize(absl::string_view text) {
  if (text.size() <= kMaxExpansion) return absl::OkStatus();
  return absl::OutOfRangeError("the value is longer than 1 MiB");
}

// Puts `with` in place of each match, as far as the result may grow.
absl::StatusOr<std::string> ReplaceAll(absl::string_view value,
                                       const RE2& pattern,
                                       absl::string_view with) {
  std::string result;
  size_t done = 0;
  size_t at = 0;
  re2::StringPiece match;
  const re2::StringPiece whole(value.data(), value.size());
  while (at <= value.size() &&
         pattern.Match(whole, at, value.size(), RE2::UNANCHORED, &match, 1)) {
    const auto begin = static_cast<size_t>(match.data() - value.data());
    absl::StrAppend(&result, value.substr(done, begin - done), with);
    RETURN_IF_ERROR(CheckSize(result));
    done = begin + match.size();
    at = match.empty() ? done + 1 : done;
  }
  absl::StrAppend(&result, value.substr(std::min(done, value.size())));
  return result;
}

// A shell pattern (`*`, `?`, `\x`) as a regular expression.
absl::StatusOr<std::unique_ptr<RE2>> CompilePattern(absl::string_view pattern,
                                                    bool greedy,
                                                    absl::string_view head,
                                                    absl::string_view tail) {
  std::string regex(head);
  for (size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '*') {
      absl::StrAppend(&regex, greedy ? ".*" : ".*?");
      continue;
    }
    if (c == '?') {
      regex += '.';
      continue;
    }
    if (c == '\\') {
      if (++i == pattern.size()) return Bad("nothing follows the last `\\`");
      c = pattern[i];
      if (!absl::StrContains("*?\\}/", c)) {
        return Bad(absl::StrCat("`\\", std::string(1, c),
                                "` is not a known escape in a pattern"));
      }
    }
    absl::StrAppend(&regex, RE2::QuoteMeta(re2::StringPiece(&c, 1)));
  }
  absl::StrAppend(&regex, tail);
  RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(RE2::Options::EncodingLatin1);
  auto compiled = std::make_unique<RE2>(regex, options);
  if (!compiled->ok()) return Bad(compiled->error());
  return compiled;
}

class Expander {
 public:
  Expander(absl::string_view text, const Lookup& lookup,
           const ShellOptions& options)
      : rest_(text), lookup_(lookup), options_(options) {}

  // Up to `stop`, which is taken off; kEnd: all. In a pattern, an escape
  // character inside of quotes is doubled, as the pattern is read again.
  absl::StatusOr<ShellText> Until(char stop, bool raw_escapes,
                                  bool pattern = false);

 private:
  // Builds the words in addition to the whole string.
  class Words {
   public:
    void Add(char c) {
      if (!absl::ascii_isspace(c)) return AddRaw(absl::string_view(&c, 1));
      if (!word_.empty()) words_.push_back(std::move(word_));
      word_.clear();
    }
    void Add(absl::string_view text) {
      while (!text.empty()) {
        const size_t size =
            std::min(text.find_first_of("\t\n\v\f\r "), text.size());
        if (size == 0) {
          Add(text[0]);
          text.remove_prefix(1);
        } else {
          AddRaw(text.substr(0, size));
          text.remove_prefix(size);
        }
      }
    }
    // BuildKit forgets what a word had before a `${name:-word}`.
    void Forget() { word_.clear(); }
    void AddRaw(absl::string_view text) { absl::StrAppend(&word_, text); }
    std::vector<std::string> Take() {
      if (!word_.empty()) words_.push_back(std::move(word_));
      return std::move(words_);
    }

   private:
    std::string word_;
    std::vector<std::string> words_;
  };

  char Peek() const { return rest_.empty() ? kEnd : rest_[0]; }
  char Next() {
    const char c = Peek();
    if (!rest_.empty()) rest_.remove_prefix(1);
    return c;
  }

  absl::Status Special(std::string& text, Words& words);
  absl::StatusOr<std::string> SingleQuoted();
  absl::StatusOr<std::string> DoubleQuoted();
  absl::StatusOr<std::string> Dollar();
  absl::StatusOr<std::string> Braces();
  absl::StatusOr<std::string> Default(const std::string& name, char kind,
                                      bool empty_is_unset);
  absl::StatusOr<std::string> Trim(const std::string& name, char kind);
  absl::StatusOr<std::string> Replace(const std::string& name);
  std::string HereDocument();
  std::string Name();
  std::string Unset(absl::string_view text) const {
    return options_.keep_unset ? std::string(text) : "";
  }

  absl::string_view rest_;
  const Lookup& lookup_;
  ShellOptions options_;
  bool pattern_ = false;
  // A text up to a `}` was read.
  bool nested_ = false;
  int depth_ = 0;
};

absl::StatusOr<ShellText> Expander::Until(char stop, bool raw_escapes,
                                          bool pattern) {
  if (++depth_ > kMaxDepth) return Bad("variables are nested too deep");
  const bool outer_raw_escapes = options_.raw_escapes;
  const bool outer_pattern = pattern_;
  options_.raw_escapes = raw_escapes;
  pattern_ = pattern;
  ShellText result;
  Words words;
  while (!rest_.empty() && (stop == kEnd || Peek() != stop)) {
    RETURN_IF_ERROR(Special(result.text, words));
    RETURN_IF_ERROR(CheckSize(result.text));
  }
  options_.raw_escapes = outer_raw_escapes;
  pattern_ = outer_pattern;
  --depth_;
  nested_ = nested_ || stop != kEnd;
  if (stop != kEnd && Next() != stop) {
    return Bad(absl::StrCat("missing `", std::string(1, stop), "`"));
  }
  result.words = words.Take();
  return result;
}

absl::Status Expander::Special(std::string& text, Words& words) {
  const char c = Peek();
  nested_ = false;
  if ((c == '\'' || c == '"') && !options_.plain_quotes) {
    ASSIGN_OR_RETURN(const std::string quoted,
                     c == '"' ? DoubleQuoted() : SingleQuoted());
    if (nested_) words.Forget();
    words.AddRaw(quoted);
    text += quoted;
  } else if (c == '$') {
    ASSIGN_OR_RETURN(const std::string value, Dollar());
    if (nested_) words.Forget();
    words.Add(value);
    text += value;
  } else if (c == '<') {
    const std::string start = HereDocument();
    words.AddRaw(start);
    text += start;
  } else if (c == options_.escape) {
    Next();
    if (options_.raw_escapes) {
      words.AddRaw(absl::string_view(&c, 1));
      text += c;
    }
    if (rest_.empty()) return absl::OkStatus();
    const char escaped = Next();
    words.AddRaw(absl::string_view(&escaped, 1));
    text += escaped;
  } else {
    words.Add(Next());
    text += c;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Expander::SingleQuoted() {
  const size_t end = rest_.find('\'', 1);
  if (end == rest_.npos) return Bad("missing closing `'`");
  const absl::string_view quoted =
      options_.raw_quotes ? rest_.substr(0, end + 1) : rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
  if (!pattern_) return std::string(quoted);
  const std::string escape(1, options_.escape);
  return absl::StrReplaceAll(quoted, {{escape, escape + escape}});
}

absl::StatusOr<std::string> Expander::DoubleQuoted() {
  std::string text;
  Next();
  if (options_.raw_quotes) text += '"';
  while (!rest_.empty() && Peek() != '"') {
    if (Peek() == '$') {
      ASSIGN_OR_RETURN(const std::string value, Dollar());
      text += value;
      RETURN_IF_ERROR(CheckSize(text));
      continue;
    }
    char c = Next();
    if (c == options_.escape) {
      if (rest_.empty()) continue;
      const char next = Peek();
      const bool escapes =
          next == '"' || next == '$' || next == options_.escape;
      if (options_.raw_escapes &&
          (escapes || pattern_ || !options_.raw_quotes)) {
        text += c;
      }
      if (escapes) c = Next();
    }
    text += c;
  }
  if (Next() != '"') return Bad("missing closing `\"`");
  if (options_.raw_quotes) text += '"';
  return text;
}

std::string Expander::HereDocument() {
  Next();
  if (Peek() != '<') return "<";
  Next();
  std::string start = "<<";
  while (Peek() == ' ' || Peek() == '\t') start += Next();
  return start;
}

std::string Expander::Name() {
  std::string name;
  if (absl::ascii_isdigit(Peek())) {
    while (absl::ascii_isdigit(Peek())) name += Next();
    return name;
  }
  if (Peek() != kEnd &&
      absl::string_view("@*#?-$!").find(Peek()) != absl::string_view::npos) {
    return std::string(1, Next());
  }
  while (absl::ascii_isalnum(Peek()) || Peek() == '_' ||
         static_cast<unsigned char>(Peek()) >= 0x80) {
    name += Next();
  }
  return name;
}

absl::StatusOr<std::string> Expander::Dollar() {
  Next();
  if (Peek() == '{') return Braces();
  const std::string name = Name();
  if (name.empty()) return std::string("$");
  const std::optional<std::string> value = lookup_(name);
  return value.has_value() ? *value : Unset(absl::StrCat("$", name));
}

absl::StatusOr<std::string> Expander::Braces() {
  Next();
  if (rest_.empty()) return Bad("missing `}`");
  if (Peek() == '{' || Peek() == '}' || Peek() == ':') {
    return Bad("no name follows `${`");
  }
  const std::string name = Name();
  const char kind = Next();
  switch (kind) {
    case '}': {
      const std::optional<std::string> value = lookup_(name);
      return value.has_value() ? *value : Unset(absl::StrCat("${", name, "}"));
    }
    case ':':
      return Default(name, Next(), true);
    case '-':
    case '+':
    case '?':
      return Default(name, kind, false);
    case '#':
    case '%':
      return Trim(name, kind);
    case '/':
      return Replace(name);
    case kEnd:
      return Bad("missing `}`");
    default:
      return Bad(absl::StrCat("`", std::string(1, kind), "` in `${", name,
                              "...}` is not a known modifier"));
  }
}

absl::StatusOr<std::string> Expander::Default(const std::string& name,
                                              char kind, bool empty_is_unset) {
  const bool known = kind == '-' || kind == '+' || kind == '?';
  const absl::Status unknown = Bad(absl::StrCat(
      "`:` in `${", name, "...}` is not followed by `-`, `+` or `?`"));
  if (!known && (!options_.keep_unset || kind == '#' || kind == '%')) {
    return unknown;
  }
  ASSIGN_OR_RETURN(const ShellText word, Until('}', false));
  const std::optional<std::string> value = lookup_(name);
  if (!value.has_value() && options_.keep_unset) {
    return absl::StrCat("${", name, empty_is_unset ? ":" : "",
                        std::string(1, kind), word.text, "}");
  }
  if (!known) return unknown;
  const bool set = value.has_value() && !(empty_is_unset && value->empty());
  if (kind == '+') return set ? word.text : "";
  if (set) return *value;
  if (kind == '-') return word.text;
  return absl::FailedPreconditionError(
      word.text.empty()
          ? absl::StrCat("variable `", name, "` has no value")
          : absl::StrCat("variable `", name, "` has no value: ", word.text));
}

absl::StatusOr<std::string> Expander::Trim(const std::string& name, char kind) {
  const bool greedy = Peek() == kind;
  if (greedy) Next();
  ASSIGN_OR_RETURN(const ShellText pattern, Until('}', true, true));
  std::optional<std::string> value = lookup_(name);
  if (!value.has_value() && options_.keep_unset) {
    return Unset(absl::StrCat("${", name, std::string(greedy ? 2 : 1, kind),
                              pattern.text, "}"));
  }
  if (!value.has_value()) value.emplace();
  if (kind == '#') {
    ASSIGN_OR_RETURN(auto regex, CompilePattern(pattern.text, greedy, "^", ""));
    RE2::Replace(&*value, *regex, "");
    return *value;
  }
  // The shortest end comes behind the longest beginning.
  ASSIGN_OR_RETURN(auto regex,
                   CompilePattern(pattern.text, true,
                                  greedy ? "(?s)^(.*?)" : "(?s)^(.*)", "$"));
  std::string kept;
  return RE2::PartialMatch(*value, *regex, &kept) ? kept : *value;
}

absl::StatusOr<std::string> Expander::Replace(const std::string& name) {
  const bool all = Peek() == '/';
  if (all) Next();
  ASSIGN_OR_RETURN(const ShellText pattern, Until('/', true, true));
  ASSIGN_OR_RETURN(const ShellText with, Until('}', true));
  std::optional<std::string> value = lookup_(name);
  if (!value.has_value() && options_.keep_unset) {
    return Unset(absl::StrCat("${", name, all ? "//" : "/", pattern.text, "/",
                              with.text, "}"));
  }
  if (!value.has_value()) value.emplace();
  ASSIGN_OR_RETURN(auto regex, CompilePattern(pattern.text, true, "", ""));
  if (all) return ReplaceAll(*value, *regex, with.text);
  re2::StringPiece match;
  if (!regex->Match(*value, 0, value->size(), RE2::UNANCHORED, &match, 1)) {
    return *value;
  }
  const auto begin = static_cast<size_t>(match.data() - value->data());
  value->replace(begin, match.size(), with.text);
  return *value;
}

}  // namespace

absl::StatusOr<ShellText> ExpandShell(absl::string_view text,
                                      const Lookup& lookup,
                                      const ShellOptions& options) {
  return Expander(text, lookup, options).Until(kEnd, options.raw_escapes);
}

}  // namespace ovenbird::dockerfile
