#include "runtime/net/url_status.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::net {
namespace {

TEST(UrlStatusTest, FollowsRedirects) {
  std::string origin;
  testing::Server server(testing::EachRequest([&](const Request& request) {
    if (request.target == "/here") return Response{200, {}, "content"};
    if (request.target == "/folder/here?a=b") return Response{200, {}, ""};
    const auto to = [](const std::string& location) {
      return Response{302, {{"Location", location}}, ""};
    };
    if (request.target == "/moved") return to("/here");
    if (request.target == "/folder/moved?x") return to("here?a=b");
    if (request.target == "/far") return to(absl::StrCat(origin, "/here"));
    if (request.target == "/lost") return to("/nowhere");
    if (request.target == "/circle") return to("/circle");
    return Response{404, {}, "not found"};
  }));
  origin = server.url().Origin();
  struct Case {
    absl::string_view target;
    int status;
  };
  for (const Case& c : {
           Case{"/here", 200},
           Case{"/moved", 200},
           Case{"/folder/moved?x", 200},
           Case{"/far", 200},
           Case{"/lost", 404},
           Case{"/nowhere", 404},
       }) {
    const absl::StatusOr<int> status =
        StatusOfUrl(absl::StrCat(origin, c.target), absl::Seconds(60));
    ASSERT_TRUE(status.ok()) << c.target << ": " << status.status();
    EXPECT_EQ(*status, c.status) << c.target;
  }
  EXPECT_TRUE(absl::IsAborted(
      StatusOfUrl(absl::StrCat(origin, "/circle"), absl::Seconds(60))
          .status()));
}

// As Go's HTTP client, with which kaniko downloads.
TEST(UrlStatusTest, SendsTenRequestsAtMost) {
  int requests = 0;
  testing::Server server(testing::EachRequest([&](const Request& request) {
    ++requests;
    const std::string left = request.target.substr(1);
    if (left.empty()) return Response{200, {}, ""};
    return Response{302, {{"Location", "/" + left.substr(1)}}, ""};
  }));
  const std::string url = server.url().Origin() + "/";
  EXPECT_EQ(StatusOfUrl(url + std::string(9, 'x'), absl::Seconds(60)).value(),
            200);
  EXPECT_EQ(requests, 10);
  requests = 0;
  EXPECT_TRUE(absl::IsAborted(
      StatusOfUrl(url + std::string(10, 'x'), absl::Seconds(60)).status()));
  EXPECT_EQ(requests, 10);
}

TEST(UrlStatusTest, SendsTheUrlsLogin) {
  testing::Server server(testing::EachRequest([](const Request& request) {
    const bool known = FindHeader(request.headers, "authorization") ==
                       "Basic YXBwOnBhc3M=";  // app:pass
    return Response{known ? 200 : 401, {}, ""};
  }));
  const std::string host = server.url().HostPort();
  for (const auto& [login, status] :
       {std::pair("app:pass@", 200), std::pair("", 401)}) {
    const absl::StatusOr<int> found = StatusOfUrl(
        absl::StrCat("http://", login, host, "/x"), absl::Seconds(60));
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(*found, status) << login;
  }
}

TEST(UrlStatusTest, RefusesWhatIsNotHttp) {
  for (const char* url : {"git://host/x", "unix:///x", "none"}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(StatusOfUrl(url, absl::Seconds(60)).status()))
        << url;
  }
}

}  // namespace
}  // namespace ovenbird::net
