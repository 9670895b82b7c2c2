// Whatever the bytes are: the ignore file is read, and each path is decided as
// a second matcher decides it, which is slow and as short as the rules are.
//
// An input is written as testdata/context/ignore has them: `== ignore`, the
// file's lines, `== files`, a path on each line; `%0A` is a byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/base/source_file.h"
#include "runtime/base/utf8.h"
#include "runtime/context/glob.h"
#include "runtime/context/ignore.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::context {
namespace {

// A fuzzer takes an abort for a finding.
void Require(bool holds, absl::string_view what, absl::string_view pattern,
             absl::string_view path) {
  if (holds) return;
  std::cerr << "does not hold: " << what
            << "\npattern: " << absl::CHexEscape(pattern)
            << "\npath: " << absl::CHexEscape(path) << "\n";
  std::abort();
}

using Text = std::vector<uint32_t>;

// Bytes that are no UTF-8 are U+FFFD each.
Text Characters(absl::string_view bytes) {
  Text text;
  while (!bytes.empty()) {
    const Utf8Char next = DecodeUtf8(bytes);
    text.push_back(next.code_point);
    bytes.remove_prefix(next.size);
  }
  return text;
}

// A part of a pattern.
struct Token {
  enum Kind {
    kCharacter,
    kClass,    // [a-z]
    kNoSlash,  // ?
    kName,     // *
    kFolders,  // `**/` before more
    kRest,     // `**` at the end
  } kind;
  uint32_t character = 0;
  bool negated = false;
  std::vector<std::pair<uint32_t, uint32_t>> ranges = {};
};

bool Contains(absl::string_view characters, uint32_t c) {
  return c < 0x80 && absl::StrContains(characters, static_cast<char>(c));
}

// The pattern's parts. nullopt where the meaning hangs on how BuildKit's
// regular expressions read it (`^` alone, `\d`, `[[:alpha:]]`).
std::optional<std::vector<Token>> Tokens(const Text& pattern) {
  std::vector<Token> tokens;
  size_t i = 0;
  const auto at = [&](size_t index) {
    return index < pattern.size() ? pattern[index] : 0;
  };
  while (i < pattern.size()) {
    const uint32_t c = pattern[i++];
    if (c == '*' && at(i) != '*') {
      tokens.push_back({Token::kName});
    } else if (c == '*') {
      ++i;
      if (at(i) == '/') ++i;
      tokens.push_back({i < pattern.size() ? Token::kFolders : Token::kRest});
    } else if (c == '?') {
      tokens.push_back({Token::kNoSlash});
    } else if (c == '\\') {
      const uint32_t escaped = at(i++);
      if (escaped >= 0x80 || absl::ascii_isalnum(escaped)) return std::nullopt;
      tokens.push_back({Token::kCharacter, escaped});
    } else if (c == '[') {
      Token token{Token::kClass};
      if (at(i) == '^') {
        token.negated = true;
        ++i;
      }
      while (at(i) != ']') {
        const uint32_t low = at(i++);
        const bool range = at(i) == '-';
        const uint32_t high = range ? at(i + 1) : low;
        if (range) i += 2;
        if (Contains("[^*?\\-", low) || Contains("[^*?\\-", high) || low == 0 ||
            low > high) {
          return std::nullopt;
        }
        token.ranges.push_back({low, high});
      }
      ++i;
      if (token.ranges.empty()) return std::nullopt;
      tokens.push_back(std::move(token));
    } else if (c == '^') {
      return std::nullopt;
    } else {
      tokens.push_back({Token::kCharacter, c});
    }
  }
  return tokens;
}

bool MatchesOne(const Token& token, uint32_t c) {
  if (token.kind == Token::kCharacter) return c == token.character;
  if (token.kind == Token::kNoSlash) return c != '/';
  for (const auto& [low, high] : token.ranges) {
    if (low <= c && c <= high) return !token.negated;
  }
  return token.negated;
}

// Of all ways to share the path among the tokens, whether one is right.
bool MatchesAll(const std::vector<Token>& tokens, const Text& path) {
  // fits[j]: the tokens behind the current one match the path from j on.
  std::vector<bool> fits(path.size() + 1);
  fits[path.size()] = true;
  for (size_t t = tokens.size(); t-- > 0;) {
    const Token& token = tokens[t];
    std::vector<bool> now(path.size() + 1);
    for (size_t j = 0; j <= path.size(); ++j) {
      if (token.kind == Token::kName || token.kind == Token::kRest) {
        const uint32_t end = token.kind == Token::kName ? '/' : '\n';
        for (size_t k = j; k <= path.size() && !now[j]; ++k) {
          now[j] = fits[k];
          if (k < path.size() && path[k] == end) break;
        }
      } else if (token.kind == Token::kFolders) {
        now[j] = fits[j];
        for (size_t k = j; k < path.size() && path[k] != '\n'; ++k) {
          if (path[k] == '/' && fits[k + 1]) now[j] = true;
        }
      } else {
        now[j] = j < path.size() && MatchesOne(token, path[j]) && fits[j + 1];
      }
    }
    fits = std::move(now);
  }
  return fits[0];
}

bool HasMeta(absl::string_view text) {
  return text.find_first_of("*?[]\\") != text.npos;
}

// nullopt as for Tokens.
std::optional<bool> Matches(const std::string& pattern,
                            absl::string_view path) {
  const absl::string_view all = pattern;
  if (absl::StartsWith(all, "\xEF\xBB\xBF") && HasMeta(all)) {
    return std::nullopt;  // It is read over.
  }
  if (!HasMeta(all)) return path == all;
  // With one `**` at an end and nothing else BuildKit compares the strings'
  // ends, where a line feed is a character like others.
  absl::string_view text = all;
  if (absl::ConsumePrefix(&text, "**") && !HasMeta(text)) {
    return absl::EndsWith(path, text) ||
           (absl::StartsWith(text, "/") && path == text.substr(1));
  }
  text = all;
  if (absl::ConsumeSuffix(&text, "**") && !HasMeta(text)) {
    return absl::StartsWith(path, text);
  }
  const auto tokens = Tokens(Characters(all));
  if (!tokens.has_value()) return std::nullopt;
  return MatchesAll(*tokens, Characters(path));
}

// Every path from the top down keeps for every rule whether it has matched.
// nullopt: a pattern's meaning is not known here.
std::optional<bool> IsIgnored(const Ignore& ignore, absl::string_view path) {
  std::vector<bool> above(ignore.rules().size());
  bool ignored = false;
  for (size_t end = 0; end != path.npos;) {
    end = path.find('/', end == 0 ? 0 : end + 1);
    const absl::string_view part = path.substr(0, end);
    std::vector<bool> now(above.size());
    ignored = false;
    for (size_t i = 0; i < above.size(); ++i) {
      const Ignore::Rule& rule = ignore.rules()[i];
      bool matched = above[i];
      if (!matched) {
        if (rule.negated != ignored) continue;
        const auto matches = Matches(rule.glob.pattern(), part);
        if (!matches.has_value()) return std::nullopt;
        Require(rule.glob.Match(part) == *matches, "matches as it should",
                rule.glob.pattern(), part);
        matched = *matches;
      }
      now[i] = matched;
      if (matched) ignored = !rule.negated;
    }
    above = std::move(now);
  }
  return ignored;
}

// What a walk does: it does not go into folders that it need not look into.
bool IsIgnoredByWalk(const Ignore& ignore, absl::string_view path) {
  Ignore::Folder folder = ignore.Top();
  for (size_t end = path.find('/'); end != path.npos;
       end = path.find('/', end + 1)) {
    Ignore::Folder inside;
    const bool ignored =
        ignore.Match(folder, path.substr(0, end), &inside).ignored;
    if (ignored && !ignore.MayTakeIn(inside)) return true;
    folder = std::move(inside);
  }
  return ignore.Match(folder, path).ignored;
}

bool IsPath(absl::string_view path) {
  return !path.empty() && path[0] != '/' && path.back() != '/' &&
         !absl::StrContains(path, "//") &&
         !absl::StrContains(path, absl::string_view("\0", 1));
}

std::string Decode(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const absl::string_view digits = text.substr(i + 1, 2);
    if (text[i] == '%' && digits.size() == 2 &&
        absl::ascii_isxdigit(digits[0]) && absl::ascii_isxdigit(digits[1])) {
      out += absl::HexStringToBytes(digits);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void Check(absl::string_view input) {
  // What comes first, a case's description, counts as nothing.
  const size_t start = input.find("== ignore\n");
  if (start == input.npos) return;
  input.remove_prefix(start + 10);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(input, absl::MaxSplits("== files\n", 1));
  const SourceFile file(".dockerignore", Decode(parts.first));
  diag::Collector problems;
  const Ignore ignore = Ignore::Parse(file, problems);
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    Require(problem.span.end <= file.text().size(), "problems have places",
            file.text(), "");
  }
  for (absl::string_view line : absl::StrSplit(parts.second, '\n')) {
    if (absl::StartsWith(line, "== ")) break;
    const std::string path = Decode(line);
    if (!IsPath(path)) continue;
    const bool ignored = ignore.Match(path).ignored;
    Require(ignored == IsIgnoredByWalk(ignore, path), "a walk agrees",
            file.text(), path);
    const auto expected = IsIgnored(ignore, path);
    Require(ignored == expected.value_or(ignored), "ignored as it should be",
            file.text(), path);
  }
}

}  // namespace
}  // namespace ovenbird::context

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::context::Check(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
