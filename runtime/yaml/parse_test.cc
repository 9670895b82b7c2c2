#include "runtime/yaml/parse.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {
namespace {

std::string Visible(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\n", "\\n"}, {"\r", "\\r"}});
}

// What the span covers.
std::string Covered(Span span) {
  if (!span.file) return "(nowhere)";
  return Visible(absl::string_view(span.file->text())
                     .substr(span.begin, span.end - span.begin));
}

// One line per node and key: what it is and, in <>, what its span covers.
void Dump(const Node& node, int depth, std::string* out) {
  const std::string indent(depth, ' ');
  const char* const styles[] = {"plain", "quoted", "block"};
  const std::string covered = absl::StrCat(
      " <", Covered(node.span()), ">",
      node.anchor() ? absl::StrCat(" of <", Covered(node.anchor()), ">") : "",
      "\n");
  switch (node.kind()) {
    case Kind::kNull:
      absl::StrAppend(out, indent, "null", covered);
      return;
    case Kind::kScalar:
      absl::StrAppend(out, indent, styles[static_cast<int>(node.style())], " ",
                      Visible(node.scalar()), covered);
      return;
    case Kind::kSequence:
      absl::StrAppend(out, indent, "seq", covered);
      for (const Node* item : node.items()) Dump(*item, depth + 1, out);
      return;
    case Kind::kMapping:
      absl::StrAppend(out, indent, "map", covered);
      for (const Entry& entry : node.entries()) {
        absl::StrAppend(out, indent, " ", Visible(entry.key()), " <",
                        Covered(entry.key_span()), ">\n");
        Dump(*entry.value(), depth + 2, out);
      }
  }
}

struct TreeCase {
  const char* name;
  std::string text;
  std::string tree;
};

std::vector<TreeCase> TreeCases() {
  return {
      {"empty file", "", "null <>\n"},
      {"comments only", "# a\n\n# b\n", "null <>\n"},
      {"scalar", " word # c\n", "plain word <word>\n"},
      {"block mapping", "a: 1\nb: two words # c\n",
       "map <a: 1\\nb: two words>\n a <a>\n  plain 1 <1>\n b <b>\n"
       "  plain two words <two words>\n"},
      {"block sequence", "- a\n-  b\n",
       "seq <- a\\n-  b>\n plain a <a>\n plain b <b>\n"},
      {"nested", "a:\n  - b: 1\n    c: 2\n  - d\n",
       "map <a:\\n  - b: 1\\n    c: 2\\n  - d>\n a <a>\n"
       "  seq <- b: 1\\n    c: 2\\n  - d>\n"
       "   map <b: 1\\n    c: 2>\n    b <b>\n     plain 1 <1>\n"
       "    c <c>\n     plain 2 <2>\n   plain d <d>\n"},
      {"list not indented below its key", "a:\n- 1\nb: 2\n",
       "map <a:\\n- 1\\nb: 2>\n a <a>\n  seq <- 1>\n   plain 1 <1>\n"
       " b <b>\n  plain 2 <2>\n"},
      {"windows line ends", "a: 1\r\nb: x y\r\n",
       "map <a: 1\\r\\nb: x y>\n a <a>\n  plain 1 <1>\n b <b>\n"
       "  plain x y <x y>\n"},
      {"bytes, not characters", "\xC3\xA9: \xE6\x97\xA5 z\n",
       "map <\xC3\xA9: \xE6\x97\xA5 z>\n \xC3\xA9 <\xC3\xA9>\n"
       "  plain \xE6\x97\xA5 z <\xE6\x97\xA5 z>\n"},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "a: 1\n",
       "map <a: 1>\n a <a>\n  plain 1 <1>\n"},

      // Missing and null values.
      {"missing value", "a:\nb: 1\n",
       "map <a:\\nb: 1>\n a <a>\n  null <a>\n b <b>\n  plain 1 <1>\n"},
      {"missing value at the end", "a:\n  b:\n",
       "map <a:\\n  b>\n a <a>\n  map <b>\n   b <b>\n    null <b>\n"},
      {"missing before a null key", "a:\n~: 1\n",
       "map <a:\\n~: 1>\n a <a>\n  null <a>\n ~ <~>\n  plain 1 <1>\n"},
      {"missing with an anchor", "a: &x\nb: *x\n",
       "map <a: &x\\nb: *x>\n a <a>\n  null <&x>\n b <b>\n"
       "  null <*x> of <&x>\n"},
      {"missing with an anchor, a null key behind", "a: &x\n~: 1\n",
       "map <a: &x\\n~: 1>\n a <a>\n  null <&x>\n ~ <~>\n  plain 1 <1>\n"},
      {"explicit nulls", "a: ~\nb: null\nc:\n  Null\nd: &x NULL\n",
       "map <a: ~\\nb: null\\nc:\\n  Null\\nd: &x NULL>\n a <a>\n  null <~>\n"
       " b <b>\n  null <null>\n c <c>\n  null <Null>\n d <d>\n"
       "  null <NULL>\n"},
      {"missing items", "- \n- # c\n- a\n",
       "seq <- \\n- # c\\n- a>\n null <->\n null <->\n plain a <a>\n"},
      {"missing in braces", "{a: , b, c: ~}",
       "map <{a: , b, c: ~}>\n a <a>\n  null <a>\n b <b>\n  null <b>\n"
       " c <c>\n  null <~>\n"},
      {"explicit keys", "? a\n: b\n? c\n",
       "map <? a\\n: b\\n? c>\n a <a>\n  plain b <b>\n c <c>\n  null <c>\n"},
      {"key that is a null word", "null: 1\n",
       "map <null: 1>\n null <null>\n  plain 1 <1>\n"},

      // Ends of scalars.
      {"plain of several lines", "a: x\n  y\n\n  z # c\nb: 1\n",
       "map <a: x\\n  y\\n\\n  z # c\\nb: 1>\n a <a>\n"
       "  plain x y\\nz <x\\n  y\\n\\n  z>\n b <b>\n  plain 1 <1>\n"},
      {"single quotes", "a: 'it''s' # c\nb: 'x'\n",
       "map <a: 'it''s' # c\\nb: 'x'>\n a <a>\n  quoted it's <'it''s'>\n"
       " b <b>\n  quoted x <'x'>\n"},
      {"double quotes", "a: \"x\\\"\\n\\u00e9\" # c\n",
       "map <a: \"x\\\"\\n\\u00e9\">\n a <a>\n"
       "  quoted x\"\\n\xC3\xA9 <\"x\\\"\\n\\u00e9\">\n"},
      {"escapes of YAML's own", "\"\\N\\_\\L\\P\\e\"",
       "quoted \xC2\x85\xC2\xA0\xE2\x80\xA8\xE2\x80\xA9\x1B "
       "<\"\\N\\_\\L\\P\\e\">\n"},
      {"quotes over lines", "a: \"x\n  y\"\nb: 1\n",
       "map <a: \"x\\n  y\"\\nb: 1>\n a <a>\n  quoted x y <\"x\\n  y\">\n"
       " b <b>\n  plain 1 <1>\n"},
      {"empty quotes", "a: ''\nb: \"\"\n",
       "map <a: ''\\nb: \"\">\n a <a>\n  quoted  <''>\n b <b>\n"
       "  quoted  <\"\">\n"},
      {"quoted key", "\"a b\": 1\n'c': 2\n",
       "map <\"a b\": 1\\n'c': 2>\n a b <\"a b\">\n  plain 1 <1>\n"
       " c <'c'>\n  plain 2 <2>\n"},
      {"literal block", "a: |\n  x\n   y\n\n  z\n\n# c\nb: 1\n",
       "map <a: |\\n  x\\n   y\\n\\n  z\\n\\n# c\\nb: 1>\n a <a>\n"
       "  block x\\n y\\n\\nz\\n <|\\n  x\\n   y\\n\\n  z>\n b <b>\n"
       "  plain 1 <1>\n"},
      {"folded block with indicators", "- >2-\n   x\n  y\n- b\n",
       "seq <- >2-\\n   x\\n  y\\n- b>\n block  x\\ny <>2-\\n   x\\n  y>\n"
       " plain b <b>\n"},
      {"empty block", "a:\n  b: |\n  c: 1\n",
       "map <a:\\n  b: |\\n  c: 1>\n a <a>\n  map <b: |\\n  c: 1>\n   b <b>\n"
       "    block  <|>\n   c <c>\n    plain 1 <1>\n"},
      {"block with a comment in its header", "a: | # c\n  x\n",
       "map <a: | # c\\n  x>\n a <a>\n  block x\\n <| # c\\n  x>\n"},
      {"block with windows line ends", "a: |\r\n  x\r\nb: 1\r\n",
       "map <a: |\\r\\n  x\\r\\nb: 1>\n a <a>\n  block x\\n <|\\r\\n  x>\n"
       " b <b>\n  plain 1 <1>\n"},
      {"block at the top", "|\n x\n", "block x\\n <|\\n x>\n"},

      // Flow collections.
      {"brackets", "a: [ x, 'y' , ] # c\n",
       "map <a: [ x, 'y' , ]>\n a <a>\n  seq <[ x, 'y' , ]>\n   plain x <x>\n"
       "   quoted y <'y'>\n"},
      {"brackets over lines", "[\n  a, # c ]\n  {b: [1, 2]}\n]\n",
       "seq <[\\n  a, # c ]\\n  {b: [1, 2]}\\n]>\n plain a <a>\n"
       " map <{b: [1, 2]}>\n  b <b>\n   seq <[1, 2]>\n    plain 1 <1>\n"
       "    plain 2 <2>\n"},
      {"mapping without braces", "[a: b, c]",
       "seq <[a: b, c]>\n map <a: b>\n  a <a>\n   plain b <b>\n"
       " plain c <c>\n"},
      {"empty collections", "a: []\nb: {}\n",
       "map <a: []\\nb: {}>\n a <a>\n  seq <[]>\n b <b>\n  map <{}>\n"},
      {"json", "{\"a\":[1,\"x\"],\"b\":null}",
       "map <{\"a\":[1,\"x\"],\"b\":null}>\n a <\"a\">\n  seq <[1,\"x\"]>\n"
       "   plain 1 <1>\n   quoted x <\"x\">\n b <\"b\">\n  null <null>\n"},

      // Anchors, aliases, tags, merges.
      {"alias", "a: &x {b: 1}\nc: *x\n",
       "map <a: &x {b: 1}\\nc: *x>\n a <a>\n  map <{b: 1}>\n   b <b>\n"
       "    plain 1 <1>\n c <c>\n  map <*x> of <{b: 1}>\n   b <b>\n"
       "    plain 1 <1>\n"},
      {"anchor on a line of its own", "a: &x\n  b: 1\nc: &y\n- d\n",
       "map <a: &x\\n  b: 1\\nc: &y\\n- d>\n a <a>\n  map <b: 1>\n   b <b>\n"
       "    plain 1 <1>\n c <c>\n  seq <- d>\n   plain d <d>\n"},
      {"anchor of a key", "a:\n  &k b: *k\n",
       "map <a:\\n  &k b: *k>\n a <a>\n  map <&k b: *k>\n   b <b>\n"
       "    plain b <*k> of <b>\n"},
      {"alias as a key", "a: &k x\n*k : 1\n",
       "map <a: &k x\\n*k : 1>\n a <a>\n  plain x <x>\n x <*k>\n"
       "  plain 1 <1>\n"},
      {"anchor given again", "a: &x 1\nb: &x 2\nc: *x\n",
       "map <a: &x 1\\nb: &x 2\\nc: *x>\n a <a>\n  plain 1 <1>\n b <b>\n"
       "  plain 2 <2>\n c <c>\n  plain 2 <*x> of <2>\n"},
      {"tags", "a: !!str 5\nb: !!int \"5\"\nc: ! x\nd: !!str\ne: !!seq [1]\n",
       "map <a: !!str 5\\nb: !!int \"5\"\\nc: ! x\\nd: !!str\\ne: !!seq "
       "[1]>\n a <a>\n  quoted 5 <5>\n b <b>\n  plain 5 <\"5\">\n c <c>\n"
       "  quoted x <x>\n d <d>\n  quoted  <!!str>\n e <e>\n  seq <[1]>\n"
       "   plain 1 <1>\n"},
      {"tag right before its value", "a: [!!str\"x y\", b]\n",
       "map <a: [!!str\"x y\", b]>\n a <a>\n  seq <[!!str\"x y\", b]>\n"
       "   quoted x y <\"x y\">\n   plain b <b>\n"},
      {"merge", "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n",
       "map <a: &x {b: 1, c: 2}\\nd:\\n  <<: *x\\n  c: 3>\n a <a>\n"
       "  map <{b: 1, c: 2}>\n   b <b>\n    plain 1 <1>\n   c <c>\n"
       "    plain 2 <2>\n d <d>\n  map <<<: *x\\n  c: 3>\n   c <c>\n"
       "    plain 3 <3>\n   b <b>\n    plain 1 <1>\n"},
      {"merge of several", "- &x {a: 1}\n- &y {a: 2, b: 2}\n- {<<: [*x, *y]}\n",
       "seq <- &x {a: 1}\\n- &y {a: 2, b: 2}\\n- {<<: [*x, *y]}>\n"
       " map <{a: 1}>\n  a <a>\n   plain 1 <1>\n map <{a: 2, b: 2}>\n"
       "  a <a>\n   plain 2 <2>\n  b <b>\n   plain 2 <2>\n"
       " map <{<<: [*x, *y]}>\n  a <a>\n   plain 1 <1>\n  b <b>\n"
       "   plain 2 <2>\n"},
      {"quoted merge key is a key", "'<<': 1\n",
       "map <'<<': 1>\n << <'<<'>\n  plain 1 <1>\n"},
      {"one document with markers", "%YAML 1.1\n---\na: 1\n...\n# end\n",
       "map <a: 1>\n a <a>\n  plain 1 <1>\n"},
      {"empty second document", "a: 1\n---\n",
       "map <a: 1>\n a <a>\n  plain 1 <1>\n"},
  };
}

TEST(Parse, Trees) {
  for (const TreeCase& c : TreeCases()) {
    SCOPED_TRACE(c.name);
    const SourceFile file("f.yaml", c.text);
    Arena arena;
    diag::Collector problems;
    const Node* root = Parse(file, arena, problems);
    ASSERT_NE(root, nullptr);
    std::string tree;
    Dump(*root, 0, &tree);
    EXPECT_EQ(tree, c.tree);
    for (const diag::Diagnostic& d : problems.diagnostics()) {
      ADD_FAILURE() << d.message;
    }
  }
}

struct ErrorCase {
  const char* name;
  std::string text;
  // Per problem "line:column id <what the span covers> labels".
  std::vector<std::string> problems;
  bool has_tree;
};

std::vector<std::string> Summarize(const diag::Collector& problems) {
  std::vector<std::string> summary;
  for (const diag::Diagnostic& d : problems.Sorted()) {
    const Position at = d.span.file->PositionAt(d.span.begin);
    std::string line = absl::StrCat(at.line, ":", at.column, " ", d.rule->id,
                                    " <", Covered(d.span), ">");
    for (const diag::Label& label : d.labels) {
      const Position other = label.span.file->PositionAt(label.span.begin);
      absl::StrAppend(&line, " ", other.line, ":", other.column, " <",
                      Covered(label.span), ">");
    }
    summary.push_back(line);
  }
  return summary;
}

std::string Deep(int depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::string Bomb() {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    absl::StrAppend(&text, "a", i, ": &a", i, " [");
    for (int j = 0; j < 10; ++j) absl::StrAppend(&text, "*a", i - 1, ", ");
    absl::StrAppend(&text, "]\n");
  }
  return text;
}

std::vector<ErrorCase> ErrorCases() {
  return {
      {"duplicate keys",
       "a: 1\nb: 2\na: 3\n\"a\": 4\n",
       {"3:1 duplicate-key <a> 1:1 <a>", "4:1 duplicate-key <\"a\"> 1:1 <a>"},
       true},
      {"duplicate among many",
       "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\nh: 1\ni: 1\nc: 2\nj: 1\n",
       {"10:1 duplicate-key <c> 3:1 <c>"},
       true},
      {"duplicate in a nested flow mapping",
       "a: [{b: 1, b: 2}]\n",
       {"1:12 duplicate-key <b> 1:6 <b>"},
       true},
      {"all duplicates are found",
       "a: {x: 1, x: 2}\nb: {y: 1, y: 2}\n",
       {"1:11 duplicate-key <x> 1:5 <x>", "2:11 duplicate-key <y> 2:5 <y>"},
       true},
      {"key that is a list",
       "[a, b]: 1\n",
       {"1:1 key-not-scalar <[a, b]>"},
       true},
      {"templates", "a: {{ x }}\n", {"1:5 key-not-scalar <{ x }>"}, true},
      {"missing key", ": 1\n", {"1:1 key-not-scalar <>"}, true},
      {"alias inside of its value",
       "a: &x [*x]\n",
       {"1:8 alias-loop <*x>"},
       true},
      {"merge of a text",
       "a: 1\n<<: b\n",
       {"2:5 bad-merge <b> 2:1 <<<>"},
       true},
      {"merge of nothing", "<<:\n", {"1:1 bad-merge <<<> 1:1 <<<>"}, true},
      {"merge of a list with a text",
       "- &x {a: 1}\n- {<<: [*x, b]}\n",
       {"2:13 bad-merge <b> 2:4 <<<>"},
       true},
      {"unknown tag",
       "a: &x !include b\nc: !foo [1]\n",
       {"1:7 unknown-tag <!include>", "2:4 unknown-tag <!foo>"},
       true},
      {"second document",
       "a: 1\n# c\n--- # d\nb: 2\n",
       {"3:1 several-documents <--->"},
       true},
      {"second document with an error",
       "a: 1\n...\n---\n[\n",
       {"3:1 several-documents <--->"},
       true},
      {"text behind the value", "[a]\nfoo\n", {"2:1 yaml-syntax <f>"}, true},

      {"unknown alias",
       "a: &common 1\nb: *comon\n",
       {"2:4 unknown-alias <*comon>"},
       false},
      {"alias bomb", Bomb(), {"5:45 alias-bomb <*a3>"}, false},
      {"too deep", Deep(300), {"1:201 yaml-too-deep <[>"}, false},
      {"far too deep", Deep(100000), {"1:201 yaml-too-deep <[>"}, false},
      {"open bracket",
       "a: [1, 2\nb: 3\n",
       {"2:2 yaml-syntax <:> 1:4 <[>"},
       false},
      {"open brace",
       "a:\n  b: {c: 1\n  d: 2\n",
       {"3:4 yaml-syntax <:> 2:6 <{>"},
       false},
      {"open double quote", "a: \"x\nb: 3\n", {"1:4 yaml-syntax <\">"}, false},
      {"open single quote",
       "a: 'it''s\nb: 3\n",
       {"1:4 yaml-syntax <'>"},
       false},
      {"open quote with a backslash at the end",
       "a: \"x\\",
       {"1:7 yaml-syntax <>"},
       false},
      {"two colons", "a: b: c\n", {"1:5 yaml-syntax <:>"}, false},
      {"too far indented", "a: 1\n b: 2\n", {"2:3 yaml-syntax <:>"}, false},
      {"bracket too many", "{a: 1}}\n", {"1:7 yaml-syntax <}>"}, false},
      {"tab before a key",
       "a:\n  b: 1\n\tc: 2\n",
       {"3:1 yaml-tab <\t>"},
       false},
      {"tabs only", "a:\n\tb: 1\n", {"2:1 yaml-tab <\t>"}, false},
      {"tab behind blanks",
       "a:\n  b:\n  \tc: 1\n  d: [\n",
       {"3:3 yaml-tab <\t>"},
       false},
      {"reserved character", "a: @b\n", {"1:4 yaml-syntax <@>"}, false},
      {"unknown escape", "a: \"\\q\"\n", {"1:7 yaml-syntax <\">"}, false},
      {"two anchors", "a: &x &y b\n", {"1:7 yaml-syntax <&>"}, false},
      {"not UTF-8", "a: caf\xE9\n", {"1:7 yaml-not-utf8 <\xE9>"}, false},
      {"UTF-16",
       std::string("\xFF\xFE"
                   "a\0:\0",
                   6),
       {"1:1 yaml-not-utf8 <\xFF>"},
       false},
      {"UTF-16 without a byte order mark",
       std::string("\0a\0:", 4),
       {absl::StrCat("1:1 yaml-not-utf8 <", std::string(1, '\0'), ">")},
       false},
      {"variable in braces",
       "a: {b: ${C}/d}\n",
       {"1:9 unquoted-variable <{>"},
       false},
      {"variable in brackets",
       "a:\n- [b, ${C}]\n",
       {"2:8 unquoted-variable <{>"},
       false},
      {"control character",
       "a: b\x04\nc: 1\n",
       {"1:5 yaml-control-character <\x04>"},
       false},
      {"NUL",
       std::string("a: b\0\nc: 1\n", 11),
       {absl::StrCat("1:5 yaml-control-character <", std::string(1, '\0'),
                     ">")},
       false},
      {"second byte order mark",
       "\xEF\xBB\xBF\xEF\xBB\xBF"
       "a: 1\n",
       {"1:1 yaml-control-character <\xEF\xBB\xBF>"},
       false},
  };
}

TEST(Parse, Errors) {
  for (const ErrorCase& c : ErrorCases()) {
    SCOPED_TRACE(c.name);
    const SourceFile file("f.yaml", c.text);
    Arena arena;
    diag::Collector problems;
    const Node* root = Parse(file, arena, problems);
    EXPECT_EQ(root != nullptr, c.has_tree);
    EXPECT_EQ(absl::StrJoin(Summarize(problems), "\n"),
              absl::StrJoin(c.problems, "\n"));
  }
}

TEST(Parse, OfDuplicateKeysTheFirstIsKept) {
  const SourceFile file("f.yaml", "a: 1\na: 2\n");
  Arena arena;
  diag::Collector problems;
  const Node* root = Parse(file, arena, problems);
  ASSERT_EQ(root->entries().size(), 1u);
  EXPECT_EQ(root->Find("a")->scalar(), "1");
}

TEST(Parse, UnescapedTextIsAViewOfTheSource) {
  const SourceFile file("f.yaml", "a: word\nb: \"quoted\"\nc: \"\\x41\"\n");
  Arena arena;
  diag::Collector problems;
  const Node* root = Parse(file, arena, problems);
  EXPECT_EQ(root->Find("a")->scalar().data(), file.text().data() + 3);
  EXPECT_EQ(root->Find("b")->scalar().data(), file.text().data() + 12);
  EXPECT_EQ(root->Find("c")->scalar(), "A");
}

// Many legitimate aliases are no bomb.
TEST(Parse, AliasesAreFewComparedWithTheFile) {
  std::string text = "base: &b {a: 1, b: 2, c: 3}\nall:\n";
  for (int i = 0; i < 20000; ++i) absl::StrAppend(&text, "- *b\n");
  const SourceFile file("f.yaml", text);
  Arena arena;
  diag::Collector problems;
  const Node* root = Parse(file, arena, problems);
  EXPECT_FALSE(problems.has_errors());
  EXPECT_EQ(root->Find("all")->items().size(), 20000u);
}

// Quadratic, this takes minutes.
TEST(Parse, AMergeOfManyIsReadInLinearTime) {
  std::string text = "e: &e {x: 1}\na: &a {";
  for (int i = 0; i < 8000; ++i) absl::StrAppend(&text, "k", i, ": 1, ");
  absl::StrAppend(&text, "}\nb:\n  <<: [*a");
  for (int i = 0; i < 30000; ++i) absl::StrAppend(&text, ", *e");
  absl::StrAppend(&text, "]\n");
  const SourceFile file("f", text);
  Arena arena;
  diag::Collector sink;
  const absl::Time start = absl::Now();
  const Node* root = Parse(file, arena, sink);
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(root->Find("b")->entries().size(), 8001u);
}

}  // namespace
}  // namespace ovenbird::yaml
