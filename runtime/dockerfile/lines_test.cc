#include "runtime/dockerfile/lines.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Lines(const std::string& text, char escape = '\\') {
  const SourceFile file("Dockerfile", text);
  LineReader reader(&file);
  reader.set_escape(escape);
  std::vector<std::string> lines;
  while (auto line = reader.Next()) lines.push_back(line->text());
  return lines;
}

TEST(LinesTest, JoinsAndDrops) {
  EXPECT_THAT(Lines("A\n\n  # no\n  B \r\n"), ElementsAre("A", "B "));
  EXPECT_THAT(Lines("A \\\n  # no\n\n  B \\ \t\r\nC\nD"),
              ElementsAre("A   B C", "D"));
  EXPECT_THAT(Lines("A \\\\\nB"), ElementsAre("A \\\\", "B"));
  EXPECT_THAT(Lines("A \\\n"), ElementsAre("A "));
  EXPECT_THAT(Lines("A `\nB\\\nC", '`'), ElementsAre("A B\\", "C"));
  EXPECT_THAT(Lines(""), ElementsAre());
  EXPECT_THAT(Lines("# a\n \n"), ElementsAre());
}

TEST(LinesTest, BytesKnowTheirPlace) {
  const std::string text = "# c\n  RUN a \\\n    # c\n  bb \\\n c\nEND";
  const SourceFile file("Dockerfile", text);
  LineReader reader(&file);
  const auto line = reader.Next();
  ASSERT_TRUE(line.has_value());
  ASSERT_EQ(line->text(), "RUN a   bb  c");
  for (const std::string word : {"RUN", "a", "bb", " c"}) {
    const size_t begin = line->text().find(word);
    const Span span = line->SpanOf(begin, begin + word.size());
    EXPECT_EQ(text.substr(span.begin, span.end - span.begin), word);
  }
  EXPECT_EQ(
      text.substr(line->span().begin, line->span().end - line->span().begin),
      text.substr(6, text.find("\nEND") - 6));
  EXPECT_FALSE(line->open());
}

TEST(LinesTest, OpenAtTheEnd) {
  const SourceFile file("Dockerfile", "RUN a \\\n");
  LineReader reader(&file);
  EXPECT_TRUE(reader.Next()->open());
}

TEST(LinesTest, PhysicalLinesCanBeUnread) {
  const SourceFile file("Dockerfile", "# a\r\nb\n");
  LineReader reader(&file);
  EXPECT_EQ(reader.NextPhysical()->text, "# a");
  const auto second = reader.NextPhysical();
  EXPECT_EQ(second->text, "b");
  EXPECT_EQ(second->begin, 5);
  EXPECT_EQ(second->next, 7);
  reader.Unread(*second);
  EXPECT_EQ(reader.Next()->text(), "b");
  EXPECT_FALSE(reader.NextPhysical().has_value());
}

}  // namespace
}  // namespace ovenbird::dockerfile
