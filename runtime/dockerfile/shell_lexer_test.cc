#include "runtime/dockerfile/shell_lexer.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

// The tokens: `(word)`, `>(file)`, and separators as they are, a line end as
// `\n`.
std::string Lexed(absl::string_view text) {
  std::vector<std::string> shown;
  for (const ShellToken& token : LexShell(text)) {
    switch (token.kind) {
      case ShellToken::kWord:
        shown.push_back(absl::StrCat("(", token.text, ")"));
        break;
      case ShellToken::kOutput:
        shown.push_back(absl::StrCat(">(", token.text, ")"));
        break;
      case ShellToken::kSeparator:
        shown.push_back(token.text == "\n" ? "\\n" : token.text);
        break;
    }
  }
  return absl::StrJoin(shown, " ");
}

struct Case {
  const char* text;
  const char* tokens;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(Lexed(c.text), c.tokens) << c.text;
}

TEST(ShellLexerTest, WordsAndSeparators) {
  Check({
      {"", ""},
      {" \t ", ""},
      {"a  b\tc", "(a) (b) (c)"},
      {"a;b&c|d", "(a) ; (b) & (c) | (d)"},
      {"a&&b||c", "(a) & & (b) | | (c)"},
      {"(a)", "( (a) )"},
      {"a\nb\n", "(a) \\n (b) \\n"},
      {"a \\\n  b", "(a) (b)"},
      {"a\\\nb", "(ab)"},
      {"! a", "(!) (a)"},
  });
}

TEST(ShellLexerTest, QuotesAndEscapes) {
  Check({
      {"'a b' \"c d\"", "(a b) (c d)"},
      {"a'b'\"c\"d", "(abcd)"},
      {"''", "()"},
      {"'a\"b' \"c'd\"", "(a\"b) (c'd)"},
      {"a\\ b \\; c\\'", "(a b) (;) (c')"},
      {"'a\\b' \"a\\\"b\"", "(a\\b) (a\"b)"},
      {"'a;b|c&d>e#f'", "(a;b|c&d>e#f)"},
      {"'a\nb'", "(a\nb)"},
      {"\"a\\\nb\"", "(ab)"},
      // Not closed: up to the end.
      {"a 'b c", "(a) (b c)"},
      {"a \"b", "(a) (b)"},
      {"a\\", "(a\\)"},
  });
}

TEST(ShellLexerTest, Comments) {
  Check({
      {"# a; b", ""},
      {"a # b\nc", "(a) \\n (c)"},
      {"a#b", "(a#b)"},
      {"a '#' b", "(a) (#) (b)"},
      {"a;#b\nc", "(a) ; \\n (c)"},
  });
}

TEST(ShellLexerTest, Substitutions) {
  Check({
      {"a $(b c; d) e", "(a) ($(b c; d)) (e)"},
      {"x=$(a $(b) c)d", "(x=$(a $(b) c)d)"},
      {"a `b; c` d", "(a) (`b; c`) (d)"},
      {"\"$(a \"b c\")\"", "($(a \"b c\"))"},
      {"'$(a' b", "($(a) (b)"},
      {"$((1 + 2)) a", "($((1 + 2))) (a)"},
      {"a $VAR ${VAR:-x y}", "(a) ($VAR) (${VAR:-x) (y})"},
      // Not closed.
      {"a $(b", "(a) ($(b)"},
      {"a $(", "(a) ($()"},
      {"a `b", "(a) (`b)"},
      {"`", "(`)"},
      {"$", "($)"},
  });
}

TEST(ShellLexerTest, Redirections) {
  Check({
      {"a > f", "(a) >(f)"},
      {"a>f b", "(a) >(f) (b)"},
      {"a >> f", "(a) >(f)"},
      {"a >| f", "(a) >(f)"},
      {"a 2> f", "(a) >(f)"},
      {"a 2>f >g", "(a) >(f) >(g)"},
      {"a &> f", "(a) >(f)"},
      {"a &>> f", "(a) >(f)"},
      {"a > 'b c'", "(a) >(b c)"},
      {"a > $(b c)", "(a) >($(b c))"},
      // A number that is a word.
      {"a 2 > f", "(a) (2) >(f)"},
      {"a b2>f", "(a) (b2) >(f)"},
      // Those that write no file.
      {"a 2>&1 b", "(a) (b)"},
      {"a >&2; b", "(a) ; (b)"},
      {"a 2>&-", "(a)"},
      {"a < f b", "(a) (b)"},
      {"a <&3", "(a)"},
      {"a <<< 'b c' d", "(a) (d)"},
      {"a >", "(a)"},
      {"> f a", ">(f) (a)"},
  });
}

TEST(ShellLexerTest, HereDocumentsAreSkipped) {
  Check({
      {"cat <<E > f\na; b\nE\nc", "(cat) >(f) \\n (c)"},
      {"cat <<'E'\n$(a\nE\nb", "(cat) \\n (b)"},
      {"cat <<-E\n\ta\n\tE\nb", "(cat) \\n (b)"},
      // Spaces, and tabs without the dash, do not end it.
      {"cat <<-E\n E\nE\nb", "(cat) \\n (b)"},
      {"cat <<E\n\tE\nE\nb", "(cat) \\n (b)"},
      {"cat <<A <<B\n1\nA\n2\nB\nc", "(cat) \\n (c)"},
      {"cat <<E && b\nE\nc", "(cat) & & (b) \\n (c)"},
      // Without an end.
      {"cat <<E\na\nb", "(cat) \\n"},
      {"cat <<E", "(cat)"},
  });
}

TEST(ShellLexerTest, TokensKnowTheirPlaces) {
  const std::string text = "cp 'a b' > \"f\" ; x";
  std::vector<std::string> places;
  for (const ShellToken& token : LexShell(text)) {
    places.push_back(text.substr(token.begin, token.end - token.begin));
  }
  EXPECT_EQ(places,
            (std::vector<std::string>{"cp", "'a b'", "\"f\"", ";", "x"}));
}

}  // namespace
}  // namespace ovenbird::dockerfile
