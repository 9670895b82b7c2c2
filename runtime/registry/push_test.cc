#include "runtime/registry/push.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/net/testing/server.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;
using testing::RealRegistry;

DockerConfig LoginTo(const std::string& domain) {
  return *DockerConfig::Parse(
      absl::StrCat(R"({"auths":{")", domain,
                   R"(":{"username":"john","password":"doe"}}})"),
      "test");
}

TEST(PushTest, AsksEachRegistryWithItsOwnCredentials) {
  RealRegistry open;
  RealRegistry closed({.user = "john", .password = "doe"});
  const std::vector<std::string> images = {open.domain() + "/team/app:v1",
                                           open.domain() + "/team/app:v2",
                                           closed.domain() + "/team/app"};
  const DockerConfig login = LoginTo(closed.domain());
  PushOptions options;
  options.docker_config = &login;
  EXPECT_THAT(CheckPushTo(images, options), IsOk());
  EXPECT_EQ(open.OpenUploads() + closed.OpenUploads(), 0);

  const absl::Status refused = CheckPushTo(images, {});
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnauthenticated,
                                HasSubstr(closed.domain() + "/team/app")));
  EXPECT_TRUE(IsRefusal(refused));
}

// Debian's registry knows no user that may read only.
TEST(PushTest, SaysWhatTheCredentialsDoNotAllow) {
  net::testing::Server registry(
      net::testing::EachRequest([](const net::Request& request) {
        return net::Response{
            request.method == "POST" ? 403 : 200,
            {},
            R"({"errors":[{"code":"DENIED","message":"read only"}]})"};
      }));
  const std::string domain = registry.url().HostPort();
  const DockerConfig login = LoginTo(domain);
  PushOptions options;
  options.docker_config = &login;
  const absl::Status refused = CheckPushTo({domain + "/a/b:v1"}, options);
  EXPECT_EQ(refused,
            absl::PermissionDeniedError(absl::StrCat(
                "push to ", domain,
                "/a/b: 403 Forbidden: DENIED: read only; the credentials of "
                "`john` do not allow this")));
  EXPECT_TRUE(IsRefusal(refused));
}

TEST(PushTest, BeingOutOfReachIsNoRefusal) {
  std::string domain;
  {
    RealRegistry registry;
    domain = registry.domain();
  }
  const absl::Status unreachable = CheckPushTo({domain + "/a/b"}, {});
  EXPECT_THAT(unreachable, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(IsRefusal(unreachable));
}

TEST(PushTest, ComparesWhatIsThereWithWhatWasBuilt) {
  RealRegistry registry;
  const std::string digest =
      registry.PushImage("a/b", "v1", {}, json::Object());
  const std::string image = registry.domain() + "/a/b:v1";
  std::optional<int64_t> bytes;
  EXPECT_THAT(VerifyPushed({image}, digest, {}, &bytes), IsOk());
  EXPECT_GT(bytes.value_or(0), 0);
  EXPECT_THAT(VerifyPushed({image, registry.domain() + "/a/b:v2"}, digest, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("a/b:v2")));
  EXPECT_EQ(*DigestOfAll({image}, {}), digest);
  EXPECT_THAT(DigestOfAll({image, registry.domain() + "/a/b:v2"}, {}),
              StatusIs(absl::StatusCode::kNotFound));
  json::Value other;
  other.Set("User", "other");
  const std::string larger = registry.PushImage("a/b", "v1", {}, other);
  std::optional<int64_t> more;
  EXPECT_THAT(VerifyPushed({image}, larger, {}, &more), IsOk());
  EXPECT_EQ(*more - *bytes, int64_t{14});
  EXPECT_THAT(
      VerifyPushed({image}, digest, {}),
      StatusIs(absl::StatusCode::kAborted,
               HasSubstr("in its registry, but " + digest +
                         " was built: the same tag has been pushed again")));
  const std::string never = absl::StrCat("sha256:", std::string(64, 'a'));
  EXPECT_THAT(VerifyPushed({image}, never, {}),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("which the registry does not have")));
}

}  // namespace
}  // namespace ovenbird::registry
