#include "runtime/rewrite/copied.h"

#include <optional>

#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

TEST(CopiedTest, Below) {
  struct Case {
    const char* source;
    const char* path;
    std::optional<std::string> below;
  };
  for (const Case& c : {
           Case{"/", "/a/b", "a/b"},
           {"/a", "/a", ""},
           {"/a", "/a/b/c", "b/c"},
           {"/a", "/ab", std::nullopt},
           {"/a/b", "/a", std::nullopt},
           {"/a/b", "/a/c", std::nullopt},
           // A wildcard does not match a slash.
           {"/a/*", "/a/b", ""},
           {"/a/*", "/a/b/c", "c"},
           {"/a/*.go", "/a/b/c.go", std::nullopt},
           {"/a/*.go", "/a/x.go", ""},
           {"/*/b", "/a/b/c", "c"},
           {"/a/?", "/a/bc", std::nullopt},
           {"/a/[bc]", "/a/c/d", "d"},
       }) {
    EXPECT_EQ(Below(c.source, c.path), c.below) << c.source << " " << c.path;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
