#include "codegen/emitter.h"

#include <string>

#include "gtest/gtest.h"

namespace ovenbird::codegen {
namespace {

TEST(EmitterTest, TakesTheTemplatesOwnIndentationOff) {
  Emitter out;
  out.Emit({{"name", "Image"}}, R"(
      struct $name$ {
        int x;
      };
  )");
  EXPECT_EQ(out.text(), "struct Image {\n  int x;\n};\n");
}

TEST(EmitterTest, IndentsLinesOfAValueToItsColumn) {
  Emitter out;
  out.Emit({{"docs", "// one\n// two"}, {"text", "\"a\\n\"\n\"b\""}}, R"(
    {
      $docs$
      int a;
      f($text$);
    }
  )");
  EXPECT_EQ(out.text(),
            "{\n  // one\n  // two\n  int a;\n  f(\"a\\n\"\n    \"b\");\n}\n");
}

TEST(EmitterTest, CallbacksEmitAtTheirColumn) {
  Emitter out;
  out.Emit({{"members",
             [&] {
               for (const char* name : {"a", "b"}) {
                 out.Emit(
                     {{"name", name}, {"more", [&] { out.Emit("// in"); }}},
                     R"(
                            int $name$;
                              $more$
                          )");
               }
             }}},
           R"(
             struct X {
               $members$;
             };
           )");
  EXPECT_EQ(out.text(),
            "struct X {\n  int a;\n    // in\n  int b;\n    // in\n};\n");
}

TEST(EmitterTest, DropsLinesThatAreLeftEmptyAndRemarks) {
  Emitter out;
  out.Emit({{"docs", ""}, {"list", [] {}}}, R"(
    a
    //~ a remark on the template
    $docs$
    $list$;

    b
  )");
  EXPECT_EQ(out.text(), "a\n\nb\n");
}

TEST(EmitterTest, TwoDollarsAreOne) {
  Emitter out;
  out.Emit({{"x", "y"}}, "$$$x$$$");
  EXPECT_EQ(out.text(), "$y$\n");
}

TEST(EmitterTest, GapIsOneEmptyLine) {
  Emitter out;
  out.Gap();
  out.Emit("a {");
  out.Gap();
  out.Emit("b");
  out.Gap();
  out.Gap();
  out.Emit("c");
  EXPECT_EQ(out.text(), "a {\nb\n\nc\n");
}

using EmitterDeathTest = ::testing::Test;

TEST(EmitterDeathTest, BugsOfTheGeneratorEndIt) {
  Emitter out;
  EXPECT_DEATH(out.Emit("a $b$"), "unknown name \\$b\\$ .*\"a \\$b\\$\"");
  EXPECT_DEATH(out.Emit({{"b", "x"}}, "a"), "unused name \\$b\\$");
  EXPECT_DEATH(out.Emit("a $b"), "single \\$");
  EXPECT_DEATH(out.Emit({{"b", [] {}}}, "a $b$"), "shares its line");
}

}  // namespace
}  // namespace ovenbird::codegen
