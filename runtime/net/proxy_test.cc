#include "runtime/net/proxy.h"

#include <gtest/gtest.h>

#include <map>

namespace ovenbird::net {
namespace {

struct Case {
  const char* url;
  std::map<std::string, std::string> env;
  const char* want;  // origin of the proxy; "" = direct
};

TEST(ProxyTest, FollowsTheEnvironment) {
  const std::map<std::string, std::string> kBoth = {
      {"HTTPS_PROXY", "http://s:1"}, {"HTTP_PROXY", "http://h:2"}};
  const auto except = [&](const char* no_proxy) {
    auto env = kBoth;
    env["NO_PROXY"] = no_proxy;
    return env;
  };
  const Case kCases[] = {
      {"https://a", {}, ""},
      {"https://a", kBoth, "http://s:1"},
      {"http://a", kBoth, "http://h:2"},
      {"https://a", {{"https_proxy", "http://l:3"}}, "http://l:3"},
      {"https://a",
       {{"https_proxy", "http://l:3"}, {"HTTPS_PROXY", "http://s:1"}},
       "http://l:3"},
      {"https://a", {{"HTTPS_PROXY", "bare:8080"}}, "http://bare:8080"},
      {"https://a", {{"HTTPS_PROXY", "socks5h://p"}}, "socks5://p:1080"},
      {"unix:///s", kBoth, ""},
      {"https://localhost", kBoth, ""},
      {"https://127.1.2.3:6443", kBoth, ""},
      {"https://[::1]", kBoth, ""},
      {"https://a", except("*"), ""},
      {"https://a.example.com", except("example.com"), ""},
      {"https://example.com", except("example.com"), ""},
      {"https://EXAMPLE.com.", except("example.COM"), ""},
      {"https://badexample.com", except("example.com"), "http://s:1"},
      {"https://a.example.com", except("b,.example.com"), ""},
      {"https://example.com", except(".example.com"), "http://s:1"},
      {"https://a.example.com", except("*.example.com"), ""},
      {"https://a:6443", except("a:6443"), ""},
      {"https://a:443", except("a:6443"), "http://s:1"},
      {"https://a:443", except("a:+443"), "http://s:1"},
      {"https://10.1.2.3", except("10.0.0.0/8"), ""},
      {"https://11.1.2.3", except("10.0.0.0/8"), "http://s:1"},
      {"https://10.96.0.1", except("10.96.0.0/12, x"), ""},
      {"https://10.112.0.1", except("10.96.0.0/12"), "http://s:1"},
      {"https://a", except("10.0.0.0/8"), "http://s:1"},
      {"https://10.1.2.3", except("10.1.2.3"), ""},
      {"https://10.1.2.3:5000", except("10.1.2.3:5000"), ""},
      {"https://[fd00::7]", except("fd00::/8"), ""},
      {"https://[fe00::7]", except("fd00::/8"), "http://s:1"},
      {"https://[fd00::7]:5000", except("[fd00::7]:5000"), ""},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.url);
    const auto proxy =
        ProxyFor(*ParseUrl(c.url), [&](absl::string_view name) -> std::string {
          const auto it = c.env.find(std::string(name));
          return it == c.env.end() ? "" : it->second;
        });
    ASSERT_TRUE(proxy.ok()) << proxy.status();
    EXPECT_EQ(*proxy ? (*proxy)->Origin() : "", c.want)
        << testing::PrintToString(c.env);
  }
}

TEST(ProxyTest, SaysWhichVariableIsWrong) {
  const auto proxy =
      ProxyFor(*ParseUrl("https://a"), [](absl::string_view name) {
        return name == "HTTPS_PROXY" ? "gopher://x" : "";
      });
  EXPECT_EQ(proxy.status().message(),
            "environment variable HTTPS_PROXY: unknown URL scheme `gopher`; "
            "it must be http, https or unix");
}

}  // namespace
}  // namespace ovenbird::net
