#include "runtime/report/excerpt.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"

namespace ovenbird::report {
namespace {

// The span of the first `word`.
Span At(const SourceFile& file, absl::string_view word) {
  const size_t begin = absl::string_view(file.text()).find(word);
  EXPECT_NE(begin, absl::string_view::npos) << word;
  return {&file, static_cast<uint32_t>(begin),
          static_cast<uint32_t>(begin + word.size())};
}

Annotation Primary(Span span, std::string text = "") {
  return {span, true, std::move(text)};
}

Annotation Secondary(Span span, std::string text = "") {
  return {span, false, std::move(text)};
}

std::string Render(const std::vector<Annotation>& annotations,
                   const ExcerptStyle& style = {}) {
  int gutter = 0;
  return RenderExcerpt(annotations, style, &gutter);
}

// "1\n2\n ... ", each line its own number.
std::string Numbers(int last) {
  std::string text;
  for (int i = 1; i <= last; ++i) absl::StrAppend(&text, "line", i, "\n");
  return text;
}

TEST(ExcerptTest, NothingWithoutAnnotations) {
  int gutter = 7;
  EXPECT_EQ(RenderExcerpt({}, {}, &gutter), "");
  EXPECT_EQ(gutter, 7);
}

TEST(ExcerptTest, LinesOfContextBeforeTheMark) {
  const SourceFile file("f", "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n");
  EXPECT_EQ(Render({Primary(At(file, "4"), "too many")}),
            "  2 | b: 2\n"
            "  3 | c: 3\n"
            "  4 | d: 4\n"
            "    |    ^ too many\n");
  ExcerptStyle style;
  style.lines_before = 0;
  EXPECT_EQ(Render({Primary(At(file, "d: 4"))}, style),
            "  4 | d: 4\n"
            "    | ^^^^\n");
  // There are no lines before the first one.
  EXPECT_EQ(Render({Primary(At(file, "b"))}),
            "  1 | a: 1\n"
            "  2 | b: 2\n"
            "    | ^\n");
}

TEST(ExcerptTest, NoEmptyLinesAtTheTop) {
  const SourceFile file("f", "\n\n\nb\n\nc\n");
  EXPECT_EQ(Render({Primary(At(file, "b"))}),
            "  4 | b\n"
            "    | ^\n");
  // Between others they stay, without a space at the end.
  EXPECT_EQ(Render({Primary(At(file, "c"))}),
            "  4 | b\n"
            "  5 |\n"
            "  6 | c\n"
            "    | ^\n");
}

TEST(ExcerptTest, TheGutterIsAsWideAsTheLastNumber) {
  const SourceFile file("f", Numbers(1000));
  struct Case {
    const char* word;
    int gutter;
    const char* last;
  };
  for (const Case& c :
       {Case{"line9\n", 3, "    | ^^^^^"}, Case{"line10\n", 4, "     | ^^^^^^"},
        Case{"line1000", 6, "       | ^^^^^^^^"}}) {
    int gutter = 0;
    const std::string text =
        RenderExcerpt({Primary(At(file, c.word))}, {}, &gutter);
    EXPECT_EQ(gutter, c.gutter) << c.word;
    const std::vector<std::string> lines = absl::StrSplit(text, '\n');
    EXPECT_EQ(lines[lines.size() - 2], c.last) << c.word;
  }
}

TEST(ExcerptTest, GapsBetweenMarks) {
  const SourceFile file("f", Numbers(20));
  const Annotation first = Primary(At(file, "line5\n"));
  // Three lines are shown, and four are not.
  EXPECT_EQ(Render({first, Secondary(At(file, "line9\n"), "b")}),
            "  3 | line3\n"
            "  4 | line4\n"
            "  5 | line5\n"
            "    | ^^^^^\n"
            "  6 | line6\n"
            "  7 | line7\n"
            "  8 | line8\n"
            "  9 | line9\n"
            "    | ----- b\n");
  EXPECT_EQ(Render({first, Secondary(At(file, "line10\n"), "b")}),
            "   3 | line3\n"
            "   4 | line4\n"
            "   5 | line5\n"
            "     | ^^^^^\n"
            " ... |\n"
            "  10 | line10\n"
            "     | ------ b\n");
}

TEST(ExcerptTest, TheOrderIsThatOfTheFile) {
  const SourceFile file("f", "ab cd\nef\n");
  EXPECT_EQ(
      Render({Primary(At(file, "ef"), "3"), Secondary(At(file, "cd"), "2"),
              Secondary(At(file, "ab"), "1"),
              Primary(At(file, "ab"), "also 1")}),
      "  1 | ab cd\n"
      "    | -- 1\n"
      "    | ^^ also 1\n"
      "    |    -- 2\n"
      "  2 | ef\n"
      "    | ^^ 3\n");
}

TEST(ExcerptTest, OfASpanOverSeveralLinesTheFirstIsMarked) {
  const SourceFile file("f", "a: |\n  b\n  c\n");
  EXPECT_EQ(Render({Primary(At(file, "|\n  b\n  c"), "all")}),
            "  1 | a: |\n"
            "    |    ^ all\n");
}

TEST(ExcerptTest, SpansAtTheEdges) {
  const SourceFile file("f", "ab\r\ncd");
  struct Case {
    Span span;
    const char* want;
  };
  for (const Case& c : std::vector<Case>{
           // Empty: one column.
           {{&file, 0, 0}, "  1 | ab\n    | ^\n"},
           // At the CR and at the LF: after the text.
           {{&file, 2, 2}, "  1 | ab\n    |   ^\n"},
           {{&file, 3, 4}, "  1 | ab\n    |   ^\n"},
           {{&file, 6, 6}, "  1 | ab\n  2 | cd\n    |   ^\n"},
           // Outside of the file, and the wrong way round.
           {{&file, 900, 999}, "  1 | ab\n  2 | cd\n    |   ^\n"},
           {{&file, 1, 0}, "  1 | ab\n    |  ^\n"},
           {{&file, 4, 999}, "  1 | ab\n  2 | cd\n    | ^^\n"},
       }) {
    EXPECT_EQ(Render({Primary(c.span)}), c.want)
        << c.span.begin << "-" << c.span.end;
  }
  const SourceFile empty("f", "");
  EXPECT_EQ(Render({Primary({&empty, 0, 0}, "it is empty")}),
            "  1 |\n"
            "    | ^ it is empty\n");
}

TEST(ExcerptTest, MarksFollowTheWidthOfCharacters) {
  const SourceFile file("f",
                        "\tt x\n"
                        "\xE6\x97\xA5\xE6\x9C\xAC y\n"
                        "e\xCC\x81 z\n"
                        "\x1B[31m w\n");
  ExcerptStyle style;
  style.lines_before = 0;
  const auto mark = [&](const char* word) {
    return Render({Primary(At(file, word))}, style);
  };
  EXPECT_EQ(mark("x"), "  1 |     t x\n    |       ^\n");
  // Two columns each.
  EXPECT_EQ(mark("y"), "  2 | \xE6\x97\xA5\xE6\x9C\xAC y\n    |      ^\n");
  EXPECT_EQ(mark("\xE6\x9C\xAC"),
            "  2 | \xE6\x97\xA5\xE6\x9C\xAC y\n    |   ^^\n");
  // An accent of its own takes no column.
  EXPECT_EQ(mark("z"), "  3 | e\xCC\x81 z\n    |   ^\n");
  EXPECT_EQ(mark("w"), "  4 | \\x1B[31m w\n    |          ^\n");
}

// Text of the user must not move the cursor.
TEST(ExcerptTest, ControlCharactersOfTheTextAreShown) {
  const SourceFile file("f", "a\n");
  EXPECT_EQ(Render({Primary(At(file, "a"), "x\x1B[2J\r\n\xFFy")}),
            "  1 | a\n"
            "    | ^ x\\x1B[2J\\r\\n\\xFFy\n");
}

TEST(ExcerptTest, LongLinesAreCutAroundTheMark) {
  const std::string x(30, 'x');
  const SourceFile file("f", absl::StrCat("START ", x, " MID ", x, " END"));
  ExcerptStyle style;
  style.longest_line = 18;
  EXPECT_EQ(Render({Primary(At(file, "START"))}, style),
            "  1 | START xxxxxxxxxxxx...\n"
            "    | ^^^^^\n");
  EXPECT_EQ(Render({Primary(At(file, "MID"))}, style),
            "  1 | ...xxxxx MID xxxxxxxx...\n"
            "    |          ^^^\n");
  EXPECT_EQ(Render({Primary(At(file, "END"))}, style),
            "  1 | ...xxxxxxxxxxxxxx END\n"
            "    |                   ^^^\n");
  // The line is cut around the primary mark: others are at its edges.
  EXPECT_EQ(Render({Primary(At(file, "END"), "here"),
                    Secondary(At(file, "START"), "and there")},
                   style),
            "  1 | ...xxxxxxxxxxxxxx END\n"
            "    |    - and there\n"
            "    |                   ^^^ here\n");
  // Of a long mark only what is shown.
  EXPECT_EQ(Render({Primary({&file, 0, 60})}, style),
            "  1 | START xxxxxxxxxxxx...\n"
            "    | ^^^^^^^^^^^^^^^^^^\n");
}

TEST(ExcerptTest, NoCharacterIsCutInTwo) {
  std::string umlauts;
  for (int i = 0; i < 40; ++i) umlauts += "\xC3\xA4";
  const SourceFile file("f", absl::StrCat("a", umlauts, "Z", umlauts));
  for (size_t longest = 6; longest < 20; ++longest) {
    ExcerptStyle style;
    style.longest_line = longest;
    const std::string text = Render({Primary(At(file, "Z"))}, style);
    // A half would be shown as an escape.
    EXPECT_EQ(text.find("\\x"), std::string::npos) << longest << "\n" << text;
    EXPECT_NE(text.find('Z'), std::string::npos) << longest << "\n" << text;
  }
}

TEST(ExcerptTest, Colors) {
  const SourceFile file("f", "a b\n");
  ExcerptStyle style;
  style.primary_on = "<P>";
  style.secondary_on = "<S>";
  style.gutter_on = "<G>";
  style.off = "</>";
  EXPECT_EQ(
      Render({Primary(At(file, "a"), "x"), Secondary(At(file, "b"))}, style),
      "<G>  1 |</> a b\n"
      "<G>    |</> <P>^ x</>\n"
      "<G>    |</>   <S>-</>\n");
}

}  // namespace
}  // namespace ovenbird::report
