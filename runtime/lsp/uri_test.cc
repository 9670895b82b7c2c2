#include "runtime/lsp/uri.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace ovenbird::lsp {
namespace {

TEST(UriTest, Paths) {
  EXPECT_EQ(PathOfUri("file:///a/b.yaml"), "/a/b.yaml");
  EXPECT_EQ(PathOfUri("file://localhost/a"), "/a");
  EXPECT_EQ(PathOfUri("file:///a%20b%2Fc%c3%a4"), "/a b/c\xC3\xA4");
  EXPECT_EQ(PathOfUri("file:///a/./x/../b"), "/a/b");
  EXPECT_EQ(PathOfUri("file:///a%"), "/a%");
  EXPECT_EQ(PathOfUri("file:///a?x#y"), "/a");
  for (const char* other : {"", "/a", "untitled:a", "file:", "file://host/a",
                            "file://", "http:///a", "file:///a%00b"}) {
    EXPECT_EQ(PathOfUri(other), std::nullopt) << other;
  }
}

TEST(UriTest, Uris) {
  EXPECT_EQ(UriOfPath("/a/b-c_d.e~f"), "file:///a/b-c_d.e~f");
  for (const char* path : {"/a b", "/a%20", "/\xC3\xA4#?", "/"}) {
    EXPECT_EQ(PathOfUri(UriOfPath(path)), path);
  }
}

}  // namespace
}  // namespace ovenbird::lsp
