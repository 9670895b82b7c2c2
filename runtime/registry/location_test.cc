#include "runtime/registry/location.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

net::Url Url(absl::string_view text) { return *net::ParseUrl(text); }

TEST(LocationTest, Resolves) {
  struct Case {
    const char* from;
    const char* reference;
    const char* want;
  };
  const Case cases[] = {
      {"https://r/v2/a?x=/y", "https://s:1/b?c", "https://s:1/b?c"},
      {"https://r/v2/a", "HTTPS://s/b", "https://s:443/b"},
      {"https://r/v2/a", "//s/b", "https://s:443/b"},
      {"http://r:5000/v2/a", "//s/b", "http://s:80/b"},
      {"http://r:5000/v2/a", "https://s/b", "https://s:443/b"},
      {"http://r:5000/v2/a", "http://s/b", "http://s:80/b"},
      {"http://r:5000/v2/a", "/b", "http://r:5000/b"},
      {"https://r/v2/a?x=/y", "b", "https://r:443/v2/b"},
      {"https://r/v2/a?x=/y", "?b", "https://r:443/v2/a?b"},
      {"https://r/v2/a", "/b?to=http://s", "https://r:443/b?to=http://s"},
  };
  for (const Case& test : cases) {
    const auto got = ResolveLocation(Url(test.from), test.reference);
    ASSERT_THAT(got, IsOk()) << test.reference;
    EXPECT_EQ(absl::StrCat(got->Origin(), got->target), test.want);
  }
}

TEST(LocationTest, Refuses) {
  struct Case {
    const char* from;
    const char* reference;
    const char* why;
  };
  const Case cases[] = {
      {"https://r/", "", "the URL is missing"},
      {"https://r/", "http://s/b?secret",
       "`http://s:80` is plain HTTP, and https://r:443 has TLS"},
      {"https://r/", "HTTP://s/b", "is plain HTTP"},
      {"https://r/", "http://r/b", "is plain HTTP"},
      {"https://r/", "unix:///run/docker.sock",
       "`unix` URLs are not followed, only http and https"},
      {"http://r/", "UNIX:///run/docker.sock", "`unix` URLs"},
      {"http://r/", "socks5://s", "`socks5` URLs"},
      {"http://r/", "file:///etc/passwd", "unknown URL scheme `file`"},
      {"http://r/", "http:s", "a URL starts with"},
      {"http://r/", "/a\r\nb", "control character"},
      {"http://r/", "//", "not a host"},
  };
  for (const Case& test : cases) {
    EXPECT_THAT(
        ResolveLocation(Url(test.from), test.reference).status(),
        StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(test.why)))
        << test.reference;
  }
}

}  // namespace
}  // namespace ovenbird::registry
