#include "runtime/base/clean_path.h"

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

TEST(CleanPathTest, Table) {
  struct Case {
    const char* path;
    const char* clean;
  };
  for (const Case& c : {
           Case{"", "."},         {".", "."},
           {"./", "."},           {"/", "/"},
           {"//", "/"},           {"a", "a"},
           {"./a", "a"},          {"a/", "a"},
           {"a//b", "a/b"},       {"a/./b", "a/b"},
           {"a/../b", "b"},       {"a/..", "."},
           {"../a", "../a"},      {"../../a", "../../a"},
           {"a/../../b", "../b"}, {"/..", "/"},
           {"/../a", "/a"},       {"/a/../../b/", "/b"},
           {"...", "..."},
       }) {
    EXPECT_EQ(CleanPath(c.path), c.clean) << c.path;
  }
}

TEST(CleanPathTest, Parts) {
  struct Case {
    const char* path;
    const char* folder;
    const char* name;
  };
  for (const Case& c : {Case{"", "", ""},
                        {"a", "", "a"},
                        {"/a", "", "a"},
                        {"/a/b", "/a", "b"},
                        {"a/b/", "a/b", ""}}) {
    EXPECT_EQ(FolderOf(c.path), c.folder) << c.path;
    EXPECT_EQ(BaseName(c.path), c.name) << c.path;
  }
}

}  // namespace
}  // namespace ovenbird
