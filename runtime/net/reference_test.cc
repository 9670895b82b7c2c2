#include "runtime/net/reference.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/net/url.h"

namespace ovenbird::net {
namespace {

TEST(ReferenceTest, Resolves) {
  struct Case {
    absl::string_view reference;
    absl::string_view origin;
    absl::string_view target;
  };
  const absl::StatusOr<Url> from = ParseUrl("https://h:1/a/b?c=/d");
  ASSERT_TRUE(from.ok()) << from.status();
  for (const Case& c : {
           Case{"http://g/x?y=z", "http://g:80", "/x?y=z"},
           Case{"HTTP://g/x", "http://g:80", "/x"},
           Case{"//g/x", "https://g:443", "/x"},
           Case{"/x", "https://h:1", "/x"},
           Case{"/x?to=http://g/", "https://h:1", "/x?to=http://g/"},
           Case{"x", "https://h:1", "/a/x"},
           Case{"x/y:z", "https://h:1", "/a/x/y:z"},
           Case{"?x=y", "https://h:1", "/a/b?x=y"},
       }) {
    const absl::StatusOr<Url> url = ResolveReference(*from, c.reference);
    ASSERT_TRUE(url.ok()) << c.reference << ": " << url.status();
    EXPECT_EQ(url->Origin(), c.origin) << c.reference;
    EXPECT_EQ(url->target, c.target) << c.reference;
  }
}

TEST(ReferenceTest, RejectsWhatIsNotAUrl) {
  const absl::StatusOr<Url> from = ParseUrl("https://h/a");
  ASSERT_TRUE(from.ok()) << from.status();
  for (const absl::string_view reference : {"ftp://h/a", "http://", "//"}) {
    EXPECT_FALSE(ResolveReference(*from, reference).ok()) << reference;
  }
}

}  // namespace
}  // namespace ovenbird::net
