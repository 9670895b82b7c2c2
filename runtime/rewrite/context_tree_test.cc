#include "runtime/rewrite/context_tree.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/testing/listing.h"

namespace ovenbird::rewrite {
namespace {

context::Listing Sample() {
  return MakeListing({"a", "abs -> /src", "d/", "d/up -> ../../../a",
                      "dangling -> gone", "link -> src", "loop -> loop", "src/",
                      "src/one", "src/sub/", "src/sub/two", "src/to -> sub",
                      "src.txt"});
}

TEST(ContextTreeTest, Follow) {
  const context::Listing listing = Sample();
  const ContextTree tree(&listing);
  struct Case {
    const char* path;
    const char* found;  // "(none)"; "~" in front: through a symlink
  };
  for (const Case& item : {
           Case{"", "."},
           {"a", "a"},
           {"src", "src"},
           {"src/sub/two", "src/sub/two"},
           {"src/gone", "(none)"},
           {"a/b", "(none)"},
           {"link", "~src"},
           {"link/sub/two", "~src/sub/two"},
           {"link/to/two", "~src/sub/two"},
           {"abs/one", "~src/one"},
           {"d/up", "~a"},
           {"dangling", "(none)"},
           {"loop", "(none)"},
           {"src.txt", "src.txt"},
       }) {
    const auto found = tree.Follow(item.path);
    EXPECT_EQ(!found ? "(none)"
                     : absl::StrCat(found->through_link ? "~" : "",
                                    found->entry == ContextTree::kTop
                                        ? "."
                                        : tree.Path(found->entry)),
              item.found)
        << item.path;
  }
}

TEST(ContextTreeTest, Expand) {
  const context::Listing listing = Sample();
  const ContextTree tree(&listing);
  struct Case {
    const char* pattern;
    const char* paths;
  };
  for (const Case& item : {
           Case{"a", "a"},
           {"src/*", "src/one src/sub src/to"},
           {"*/two", ""},
           {"src/*/two", "src/sub/two"},
           {"src/**/two", "src/sub/two"},
           {"link/o?e", "src/one"},
           {"s*", "src src.txt"},
           {"[a-d]", "a d"},
           {"nothing*", ""},
           {"gone/*", ""},
       }) {
    EXPECT_EQ(absl::StrJoin(tree.Expand(item.pattern), " "), item.paths)
        << item.pattern;
  }
}

TEST(ContextTreeTest, Children) {
  const context::Listing listing = Sample();
  const ContextTree tree(&listing);
  std::vector<std::string> names;
  for (const uint32_t child : tree.Children(ContextTree::kTop)) {
    names.emplace_back(listing.Name(child));
  }
  EXPECT_EQ(absl::StrJoin(names, " "),
            "a abs d dangling link loop src src.txt");
}

}  // namespace
}  // namespace ovenbird::rewrite
