#include "runtime/dockerfile/references.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ReferencesTest, OfAnInstruction) {
  struct Case {
    const char* instruction;
    std::vector<std::string> references;
  };
  for (const Case& c : std::vector<Case>{
           {"COPY a /b", {}},
           {"COPY --from=one a /b", {"copy one"}},
           {"COPY --from=1 a /b", {"copy 1"}},
           {"COPY --from= a /b", {}},
           {"ADD a /b", {}},
           {"RUN --mount=from=one,target=/m --mount=type=cache,target=/c "
            "--mount=type=bind,from=2,target=/n x",
            {"mount one", "mount 2"}},
           {"RUN --mount=type=bind,target=/m x", {}},
           {"RUN echo --from=one", {}},
       }) {
    const SourceFile file("Dockerfile",
                          absl::StrCat("FROM scratch\n", c.instruction, "\n"));
    diag::Collector problems;
    const Dockerfile dockerfile = Parse(file, problems);
    std::vector<std::string> shown;
    for (const Reference& reference :
         ReferencesOf(dockerfile.stages[0].instructions[0])) {
      shown.push_back(
          absl::StrCat(reference.is_copy ? "copy " : "mount ", reference.text));
    }
    EXPECT_EQ(shown, c.references) << c.instruction;
  }
}

TEST(ReferencesTest, OptionsOfAMount) {
  EXPECT_THAT(
      MountOptions("type=bind,source=a b,ro"),
      ElementsAre(Pair("ro", ""), Pair("source", "a b"), Pair("type", "bind")));
  EXPECT_THAT(MountOptions("target=/a,target=/b"),
              ElementsAre(Pair("target", "/b")));
  EXPECT_THAT(MountOptions("target=\"/a"), IsEmpty());
}

class StageNamesTest : public ::testing::Test {
 protected:
  const SourceFile file_{"Dockerfile",
                         "FROM x AS one\n"                            // 0
                         "COPY --from=two a /\n"                      //
                         "FROM x AS two\n"                            // 1
                         "RUN --mount=from=four,target=/m x\n"        //
                         "FROM x AS one\n"                            // 2
                         "FROM x\n"                                   // 3
                         "FROM x AS four\n"                           // 4
                         "COPY --from=0 --chown=1 a /\nCOPY b /\n"};  //
  diag::Collector problems_;
  const Dockerfile dockerfile_ = Parse(file_, problems_);
  const StageNames names_{dockerfile_};
};

TEST_F(StageNamesTest, ByName) {
  EXPECT_EQ(names_.First("one"), 0);
  EXPECT_EQ(names_.First("three"), -1);
  EXPECT_EQ(names_.Above("one", 0), -1);
  EXPECT_EQ(names_.Above("one", 1), 0);
  EXPECT_EQ(names_.Above("one", 2), 0);
  EXPECT_EQ(names_.Above("one", 3), 2);
  EXPECT_EQ(names_.Above("four", 4), -1);
  EXPECT_EQ(names_.Above("three", 5), -1);
}

TEST_F(StageNamesTest, ByReference) {
  struct Case {
    const char* text;
    bool is_copy;
    int stage;
  };
  for (const Case& c :
       {Case{"one", true, 2}, Case{"ONE", false, 2}, Case{"three", true, -1},
        Case{"3", true, 3}, Case{"5", true, -1}, Case{"-1", true, -1},
        // A number is the name of an image there.
        Case{"3", false, -1}}) {
    EXPECT_EQ(names_.Of({c.text, {}, c.is_copy}), c.stage)
        << c.text << " " << c.is_copy;
  }
}

TEST_F(StageNamesTest, Reaches) {
  EXPECT_TRUE(names_.Reaches(3, 3));
  EXPECT_TRUE(names_.Reaches(0, 1));
  EXPECT_TRUE(names_.Reaches(0, 4));
  // The references form a circle.
  EXPECT_TRUE(names_.Reaches(4, 4));
  EXPECT_TRUE(names_.Reaches(1, 0));
  EXPECT_FALSE(names_.Reaches(0, 2));
  EXPECT_FALSE(names_.Reaches(2, 0));
}

}  // namespace
}  // namespace ovenbird::dockerfile
