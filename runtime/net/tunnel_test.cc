// Ways through a proxy, each with a proxy that checks what it is asked.
#include "runtime/net/tunnel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/net/http.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::net {
namespace {

using testing::Conversation;
using ::testing::HasSubstr;
using testing::Server;
using ::testing::StartsWith;

absl::StatusOr<Response> Ask(const std::string& url, const std::string& proxy,
                             TlsOptions tls = {}) {
  ClientOptions options;
  options.proxy = proxy;
  options.tls = std::move(tls);
  auto client = NewClient(*ParseUrl(url), options);
  if (!client.ok()) return client.status();
  Request request;
  request.target = "/path";
  return (*client)->Send(request, absl::Seconds(60));
}

std::string At(const Server& server, absl::string_view login = "") {
  return absl::StrCat("http://", login, server.url().HostPort());
}

TEST(TunnelTest, PlainHttpIsForwarded) {
  Server proxy([](Conversation& c) {
    const auto request = c.Next();
    c.Reply(200, absl::StrCat(
                     request->target, " ", FindHeader(request->headers, "host"),
                     " ", FindHeader(request->headers, "proxy-authorization")));
  });
  auto response = Ask("http://far.example:8000", At(proxy));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "http://far.example:8000/path far.example:8000 ");
  response = Ask("http://far.example", At(proxy, "u:p@"));
  EXPECT_EQ(response->body,
            "http://far.example:80/path far.example Basic dTpw");
}

// The proxy plays the server behind it as well, without TLS: the handshake's
// failure shows that it was begun through the tunnel.
TEST(TunnelTest, TlsGoesThroughConnect) {
  std::string connect;
  std::string inside;
  Server proxy([&](Conversation& c) {
    connect = *c.ReadRaw(10000);
    c.Raw("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n");
    inside = c.ReadRaw(10000).value_or("");
    c.Raw("HTTP/1.1 400 Bad Request\r\n\r\n");
    c.WaitForClose();
  });
  const auto response = Ask("https://far.example", At(proxy, "u:p@"));
  EXPECT_THAT(std::string(response.status().message()),
              StartsWith("https://far.example:443: it does not speak TLS"));
  EXPECT_EQ(connect,
            "CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n"
            "Proxy-Authorization: Basic dTpw\r\n\r\n");
  EXPECT_THAT(inside, StartsWith("\x16\x03"));
  EXPECT_THAT(inside, HasSubstr("far.example"));
}

TEST(TunnelTest, SaysWhatTheProxySaid) {
  const std::pair<const char*, const char*> kCases[] = {
      {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
       "requires a user and a password"},
      {"HTTP/1.1 403 Forbidden by policy\r\n\r\n",
       "the proxy refused to connect: HTTP/1.1 403 Forbidden by policy"},
      {"HTTP/1.1 502 ", "the proxy closed the connection"},
      {"SSH-2.0", "it does not answer like an HTTP proxy"},
      {"", "the proxy closed the connection"},
  };
  for (const auto& [answer, message] : kCases) {
    SCOPED_TRACE(message);
    Server proxy([answer = answer](Conversation& c) {
      c.ReadRaw(10000);
      c.Raw(answer);
    });
    const auto response = Ask("https://far.example", At(proxy));
    EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(response.status().message()),
                StartsWith(absl::StrCat("https://far.example:443: through the "
                                        "proxy ",
                                        proxy.url().Origin(), ": ")));
    EXPECT_THAT(std::string(response.status().message()), HasSubstr(message));
  }
}

TEST(TunnelTest, ProxyOverTls) {
  const testing::KeyPair ca = testing::MakeAuthority("proxy authority");
  testing::ServerOptions options;
  options.tls = testing::MakeCertificate({}, &ca);
  Server proxy(options, [](Conversation&) {});
  // Its certificate is checked against the system's authorities.
  const auto response = Ask("http://far.example",
                            absl::StrCat("https://", proxy.url().HostPort()));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr("signed by an unknown authority, `proxy authority`"));
}

std::string Bytes(std::initializer_list<int> values) {
  return std::string(values.begin(), values.end());
}

TEST(TunnelTest, Socks5) {
  std::string asked;
  Server proxy([&](Conversation& c) {
    EXPECT_EQ(*c.ReadRaw(4), Bytes({5, 2, 0, 2}));
    c.Raw(Bytes({5, 2}));
    EXPECT_EQ(*c.ReadRaw(100), Bytes({1, 1, 'u', 2, 'p', 'w'}));
    c.Raw(Bytes({1, 0}));
    asked = *c.ReadRaw(100);
    c.Raw(Bytes({5, 0, 0, 1, 10, 0, 0, 1, 0, 80}));
    c.Next();
    c.Reply(200, "behind");
  });
  const auto response =
      Ask("http://far.example:8080",
          absl::StrCat("socks5://u:pw@", proxy.url().HostPort()));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "behind");
  EXPECT_EQ(asked, Bytes({5, 1, 0, 3, 11}) + "far.example" +
                       Bytes({8080 / 256, 8080 % 256}));
}

TEST(TunnelTest, Socks5Refusals) {
  const std::pair<std::vector<std::string>, const char*> kCases[] = {
      {{"HTTP"}, "it is not a SOCKS 5 proxy"},
      {{Bytes({5, 0xff})}, "requires a user and a password"},
      {{Bytes({5, 0}), Bytes({5, 2, 0, 1})},
       "the proxy cannot connect: not allowed by its rules"},
      {{Bytes({5, 0}), Bytes({5, 99, 0, 1})},
       "the proxy cannot connect: unknown reply"},
      {{}, "the proxy closed the connection"},
  };
  for (const auto& [answers, message] : kCases) {
    SCOPED_TRACE(message);
    Server proxy([&answers = answers](Conversation& c) {
      for (const std::string& answer : answers) {
        c.ReadRaw(100);
        c.Raw(answer);
      }
      c.ReadRaw(100);
    });
    const auto response =
        Ask("http://far.example",
            absl::StrCat("socks5://", proxy.url().HostPort()));
    EXPECT_THAT(std::string(response.status().message()), HasSubstr(message));
  }
}

TEST(TunnelTest, NoProxyThere) {
  const auto response = Ask("https://far.example", "http://127.0.0.1:1");
  EXPECT_EQ(response.status().message(),
            "https://far.example:443: through the proxy http://127.0.0.1:1: "
            "connection refused; nothing listens on this port");
}

}  // namespace
}  // namespace ovenbird::net
