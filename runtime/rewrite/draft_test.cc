#include "runtime/rewrite/draft.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using ::testing::ElementsAre;

TEST(DraftTest, PrintsWhatWasParsed) {
  for (const char* line : {
           "WORKDIR /a b",
           "RUN echo $A && make",
           "RUN --mount=type=cache,target=/c make",
           "RUN [\"a b\", \"c\"]",
           "COPY --from=x --link a b /c/",
           "COPY [\"a b\", \"/c\"]",
           "ENV A=1 B=\"x y\"",
           "ARG A",
           "EXPOSE 80 81/udp",
           "ONBUILD COPY a /b",
           "CMD [\"a\"]",
           "COPY <<E /a\nx\nE",
       }) {
    const SourceFile file("Dockerfile",
                          std::string("FROM scratch\n") + line + "\n");
    diag::Collector problems;
    const dockerfile::Dockerfile parsed = dockerfile::Parse(file, problems);
    std::string printed = Print(parsed.stages[0].instructions[0]);
    while (!printed.empty() && printed.back() == '\n') printed.pop_back();
    EXPECT_EQ(printed, line);
  }
}

TEST(DraftTest, FlagsAreQuotedWhereTheyMustBe) {
  Instruction copy = MakeInstruction("COPY", "");
  copy.words = {{"a", {}}, {"/b", {}}};
  copy.flags = {{"link", std::nullopt, {}},
                {"chown", "app", {}},
                {"from", "a \"b\"", {}}};
  EXPECT_EQ(Print(copy), "COPY --link --chown=app --from=\"a \\\"b\\\"\" a /b");
}

TEST(DraftTest, EscapeWord) {
  EXPECT_EQ(EscapeWord("a b", '\\'), "a b");
  EXPECT_EQ(EscapeWord("$a'\"\\`", '\\'), "\\$a\\'\\\"\\\\`");
  EXPECT_EQ(EscapeWord("$a\\`", '`'), "`$a\\``");
}

TEST(DraftTest, Changes) {
  const Instruction original = MakeInstruction("USER", "app");
  Draft draft(original);
  EXPECT_FALSE(draft.changed());
  ASSERT_EQ(draft.instructions.size(), 1u);
  EXPECT_EQ(Print(draft.instructions[0]), "USER app");

  Draft other(original);
  other.Because("of a gap");
  other.instructions = {MakeInstruction("RUN", "x")};
  other.content_only = {"a"};
  draft.Append(other);
  EXPECT_TRUE(draft.changed());
  EXPECT_THAT(draft.reasons(), ElementsAre("of a gap"));
  EXPECT_THAT(draft.content_only, ElementsAre("a"));
  ASSERT_EQ(draft.instructions.size(), 2u);
  EXPECT_EQ(Print(draft.instructions[1]), "RUN x");
  EXPECT_EQ(Print(draft.original()), "USER app");
}

}  // namespace
}  // namespace ovenbird::rewrite
