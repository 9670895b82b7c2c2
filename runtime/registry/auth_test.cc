#include "runtime/registry/auth.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

TEST(ChallengeTest, ReadsTheHeader) {
  struct Case {
    std::string header;
    std::vector<std::pair<std::string, std::map<std::string, std::string>>>
        want;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"Basic realm=\"Registry Realm\"",
       {{"basic", {{"realm", "Registry Realm"}}}}},
      {R"(Bearer realm="https://auth.docker.io/token",)"
       R"(service="registry.docker.io",scope="repository:a/b:pull,push")",
       {{"bearer",
         {{"realm", "https://auth.docker.io/token"},
          {"service", "registry.docker.io"},
          {"scope", "repository:a/b:pull,push"}}}}},
      {R"(bearer Realm=x , SERVICE = "a\"b")",
       {{"bearer", {{"realm", "x"}, {"service", "a\"b"}}}}},
      {"Negotiate, Basic realm=\"a\", Bearer realm=\"b\"",
       {{"negotiate", {}},
        {"basic", {{"realm", "a"}}},
        {"bearer", {{"realm", "b"}}}}},
      {"=\"\x01 (Basic realm=\"open", {{"basic", {{"realm", "open"}}}}},
  };
  for (const Case& test : cases) {
    const std::vector<Challenge> got = ParseChallenges(test.header);
    ASSERT_EQ(got.size(), test.want.size()) << test.header;
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].scheme, test.want[i].first) << test.header;
      EXPECT_EQ(got[i].parameters, test.want[i].second) << test.header;
    }
  }
}

constexpr char kScope[] = "repository:a/b:pull,push";

// A token server that notes what it was asked and answers with `status`/`body`.
class AuthorizerTest : public ::testing::Test {
 protected:
  Authorizer Make(std::optional<Credentials> credentials) {
    return Authorizer(
        std::move(credentials),
        [this](const std::string& url,
               net::Request request) -> absl::StatusOr<net::Response> {
          url_ = url;
          request_ = std::move(request);
          return answer_;
        });
  }

  static net::Response Unauthorized(std::string challenge) {
    net::Response response;
    response.status = 401;
    response.headers = {{"www-authenticate", std::move(challenge)}};
    return response;
  }

  const net::Response bearer_ =
      Unauthorized(R"(Bearer realm="https://auth/token",service="reg io")");
  net::Response answer_{200, {}, R"({"token":"T"})"};
  std::string url_;
  net::Request request_;
};

TEST_F(AuthorizerTest, GetsAnAnonymousToken) {
  Authorizer authorizer = Make(std::nullopt);
  EXPECT_EQ(authorizer.HeaderFor(kScope), "");
  EXPECT_THAT(authorizer.Learn(bearer_, kScope), IsOkAndHolds(true));
  EXPECT_EQ(url_,
            "https://auth/token?service=reg%20io&"
            "scope=repository%3Aa%2Fb%3Apull%2Cpush");
  EXPECT_TRUE(request_.headers.empty());
  EXPECT_EQ(authorizer.HeaderFor(kScope), "Bearer T");
  EXPECT_EQ(authorizer.HeaderFor("repository:c:pull"), "");
  // Tokens expire.
  answer_.body = R"({"token":"U"})";
  EXPECT_THAT(authorizer.Learn(bearer_, kScope), IsOkAndHolds(true));
  EXPECT_EQ(authorizer.HeaderFor(kScope), "Bearer U");
}

TEST_F(AuthorizerTest, SendsThePasswordToTheTokenServer) {
  Credentials login;
  login.username = "john";
  login.password = "doe";
  Authorizer authorizer = Make(login);
  answer_.body = R"({"access_token":"A"})";
  EXPECT_THAT(authorizer.Learn(bearer_, kScope), IsOkAndHolds(true));
  EXPECT_THAT(url_, HasSubstr("&account=john"));
  EXPECT_EQ(net::FindHeader(request_.headers, "Authorization"),
            "Basic am9objpkb2U=");
  EXPECT_EQ(authorizer.HeaderFor(kScope), "Bearer A");
}

TEST_F(AuthorizerTest, TradesAnIdentityTokenIn) {
  Credentials identity;
  identity.identity_token = "ID/1";
  Authorizer authorizer = Make(identity);
  EXPECT_THAT(authorizer.Learn(bearer_, "s"), IsOkAndHolds(true));
  EXPECT_EQ(url_, "https://auth/token");
  EXPECT_EQ(request_.method, "POST");
  EXPECT_EQ(request_.body,
            "grant_type=refresh_token&service=reg%20io&client_id=ovenbird&"
            "scope=s&refresh_token=ID%2F1");
}

TEST_F(AuthorizerTest, UsesBasicOnce) {
  const net::Response basic = Unauthorized("Basic realm=\"r\"");
  EXPECT_THAT(Make(std::nullopt).Learn(basic, kScope), IsOkAndHolds(false));
  Credentials login;
  login.username = "u";
  login.password = "p";
  Authorizer authorizer = Make(login);
  EXPECT_THAT(authorizer.Learn(basic, kScope), IsOkAndHolds(true));
  EXPECT_EQ(authorizer.HeaderFor("anything"), "Basic dTpw");
  EXPECT_THAT(authorizer.Learn(basic, kScope), IsOkAndHolds(false));
}

TEST_F(AuthorizerTest, ARegistryTokenIsUsedAsItIs) {
  Credentials token;
  token.registry_token = "R";
  Authorizer authorizer = Make(token);
  EXPECT_EQ(authorizer.HeaderFor(kScope), "Bearer R");
  EXPECT_THAT(authorizer.Learn(bearer_, kScope), IsOkAndHolds(false));
}

TEST_F(AuthorizerTest, SaysWhyThereIsNoToken) {
  answer_ = {401, {}, R"({"details":"incorrect username or password"})"};
  EXPECT_THAT(Make(std::nullopt).Learn(bearer_, kScope),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       "token from https://auth/token: 401 Unauthorized: "
                       "incorrect username or password"));
  answer_ = {200, {}, "{}"};
  EXPECT_THAT(Make(std::nullopt).Learn(bearer_, kScope),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("neither `token` nor `access_token`")));
  EXPECT_THAT(Make(std::nullopt).Learn(Unauthorized("Bearer a=b"), kScope),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no realm")));
}

}  // namespace
}  // namespace ovenbird::registry
