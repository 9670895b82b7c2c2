#include "runtime/net/url.h"

#include <gtest/gtest.h>

namespace ovenbird::net {
namespace {

struct Good {
  const char* text;
  const char* origin;
  const char* target;
  const char* user = "";
  const char* password = "";
};

TEST(UrlTest, Parses) {
  const Good kCases[] = {
      {"http://a", "http://a:80", "/"},
      {"HTTPS://Example.com/x/y?z=1", "https://Example.com:443", "/x/y?z=1"},
      {"https://a:6443/k8s/clusters/c-1", "https://a:6443",
       "/k8s/clusters/c-1"},
      {"https://[2001:db8::1]:8443/p", "https://[2001:db8::1]:8443", "/p"},
      {"https://[::1]", "https://[::1]:443", "/"},
      {"http://a?q", "http://a:80", "/?q"},
      {"http://a/b#fragment", "http://a:80", "/b"},
      {"http://u%40x:p%3Aw@proxy:3128", "http://proxy:3128", "/", "u@x", "p:w"},
      {"http://a:", "http://a:80", "/"},
      {"socks5://p", "socks5://p:1080", "/"},
      {"unix:///run/docker.sock", "unix:/run/docker.sock", "/"},
  };
  for (const Good& c : kCases) {
    SCOPED_TRACE(c.text);
    const absl::StatusOr<Url> url = ParseUrl(c.text);
    ASSERT_TRUE(url.ok()) << url.status();
    EXPECT_EQ(url->Origin(), c.origin);
    EXPECT_EQ(url->target, c.target);
    EXPECT_EQ(url->user, c.user);
    EXPECT_EQ(url->password, c.password);
  }
}

TEST(UrlTest, Refuses) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "a URL starts with http://"},
      {"10.0.0.1:6443", "a URL starts with http://"},
      {"ftp://a", "unknown URL scheme `ftp`"},
      {"http://", "is not a host"},
      {"http://:80", "is not a host"},
      {"http://a:0", "is not a host"},
      {"http://a:65536", "is not a host"},
      {"http://a:b", "is not a host"},
      {"http://a:+443", "is not a host"},
      {"http://a:-1", "is not a host"},
      {"http://[::1]:+443", "is not a host"},
      {"http://[::1", "is not a host"},
      {"http://[::1]x", "is not a host"},
      {"http://[a]", "is not a host"},
      {"http://[[;]", "is not a host"},
      {"http://[::1]]", "is not a host"},
      {"http://a]", "is not a host"},
      {"http://[", "is not a host"},
      {"http://[]", "is not a host"},
      {"http://a b", "a space"},
      {"http://a\r\nHost: b", "a space or a control character"},
      {"unix://relative", "an absolute path"},
  };
  for (const auto& [text, want] : kCases) {
    SCOPED_TRACE(text);
    const absl::StatusOr<Url> url = ParseUrl(text);
    ASSERT_FALSE(url.ok());
    EXPECT_NE(std::string(url.status().message()).find(want), std::string::npos)
        << url.status();
  }
}

TEST(UrlTest, IsLoopback) {
  for (const char* yes :
       {"http://localhost:8080", "http://127.0.0.1", "http://127.255.255.254:1",
        "http://[::1]:8080", "http://[::ffff:127.0.0.1]"}) {
    EXPECT_TRUE(ParseUrl(yes)->IsLoopback()) << yes;
  }
  for (const char* no :
       {"http://128.0.0.1", "http://0.0.0.0", "http://127.0.0.1.example.com",
        "http://localhost.example.com", "http://[::2]", "http://[::]",
        "http://[::ffff:10.0.0.1]", "http://127"}) {
    EXPECT_FALSE(ParseUrl(no)->IsLoopback()) << no;
  }
}

TEST(UrlTest, APasswordIsNotShown) {
  const absl::StatusOr<Url> url = ParseUrl("http://u:secret@a:bad");
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.status().ToString().find("secret"), std::string::npos);
  EXPECT_EQ(ParseUrl("http://u:secret@a")->Origin(), "http://a:80");
}

TEST(UrlTest, EscapesPartsOfAUrl) {
  EXPECT_EQ(EscapeUrlPart("aZ0-._~"), "aZ0-._~");
  EXPECT_EQ(EscapeUrlPart("a b/c=d&e,\xc3\xa9"), "a%20b%2Fc%3Dd%26e%2C%C3%A9");
}

}  // namespace
}  // namespace ovenbird::net
