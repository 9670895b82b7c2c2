#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/net/http.h"
#include "runtime/net/testing/server.h"
#include "runtime/registry/client.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using registry::testing::RealRegistry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(ClientTagsTest, ListsAndDeletes) {
  RealRegistry registry({.deletes = true});
  json::Value other;
  other.Set("User", "me");
  const std::string one = registry.PushImage("a/b", "v1", {}, json::Object());
  registry.PushImage("a/b", "v1-again", {}, json::Object());
  const std::string two = registry.PushImage("a/b", "v2", {}, other);
  Client client(registry.domain(), {});
  EXPECT_THAT(client.ListTags("a/b"),
              IsOkAndHolds(UnorderedElementsAre("v1", "v1-again", "v2")));
  EXPECT_THAT(client.DeleteManifest("a/b", one), IsOk());
  EXPECT_THAT(client.ListTags("a/b"), IsOkAndHolds(ElementsAre("v2")));
  EXPECT_THAT(client.DeleteManifest("a/b", one), IsOk());
  EXPECT_THAT(client.Head("a/b", "v2")->digest, two);
}

TEST(ClientTagsTest, NoRepositoryHasNoTags) {
  RealRegistry registry;
  Client client(registry.domain(), {});
  EXPECT_THAT(client.ListTags("none"), IsOkAndHolds(IsEmpty()));
}

TEST(ClientTagsTest, ARegistryMayNotDelete) {
  RealRegistry registry;
  const std::string digest = registry.PushImage("a", "v1", {}, json::Object());
  Client client(registry.domain(), {});
  EXPECT_THAT(client.DeleteManifest("a", digest),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("405 Method Not Allowed")));
  EXPECT_THAT(client.DeleteManifest("a", "v1"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(client.ListTags("a"), IsOkAndHolds(ElementsAre("v1")));
}

TEST(ClientTagsTest, PageByPage) {
  net::testing::Server registry(
      net::testing::EachRequest([](const net::Request& request) {
        if (request.target == "/v2/") return net::Response{200, {}, ""};
        if (request.target == "/v2/a/tags/list?n=1000") {
          return net::Response{
              200,
              {{"Link", "</v2/a/tags/list?n=2&last=v2>; rel=\"next\""}},
              R"({"tags": ["v1", "v2"]})"};
        }
        if (request.target == "/v2/a/tags/list?n=2&last=v2") {
          return net::Response{200, {}, R"({"tags": ["v3"]})"};
        }
        return net::Response{404, {}, ""};
      }));
  Client client(registry.url().HostPort(), {});
  EXPECT_THAT(client.ListTags("a"),
              IsOkAndHolds(ElementsAre("v1", "v2", "v3")));
}

TEST(ClientTagsTest, PagesThatNeverEnd) {
  net::testing::Server registry(
      net::testing::EachRequest([](const net::Request&) {
        return net::Response{
            200,
            {{"Link", "</v2/a/tags/list?n=2&last=v2>; rel=\"next\""}},
            R"({"tags": ["v1"]})"};
      }));
  Client client(registry.url().HostPort(), {});
  EXPECT_THAT(client.ListTags("a"),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("pages")));
}

}  // namespace
}  // namespace ovenbird::registry
