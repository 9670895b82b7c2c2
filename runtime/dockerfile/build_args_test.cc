#include "runtime/dockerfile/build_args.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;

TEST(BuildArgsTest, DeclaredAndUndeclared) {
  const SourceFile file("Dockerfile",
                        "ARG A\nFROM a\nARG B=1 C\nONBUILD ARG D\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  EXPECT_THAT(DeclaredArgs(dockerfile), ElementsAre("A", "B", "C", "D"));
  EXPECT_THAT(UndeclaredArgs(dockerfile, {{"B", ""},
                                          {"E", ""},
                                          {"https_proxy", ""},
                                          {"TARGETARCH", ""},
                                          {"a", ""}}),
              ElementsAre("E", "a"));
}

}  // namespace
}  // namespace ovenbird::dockerfile
