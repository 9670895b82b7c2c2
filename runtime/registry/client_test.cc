#include "runtime/registry/client.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/sha256.h"
#include "runtime/net/testing/server.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::RealRegistry;

Credentials Login(std::string user, std::string password) {
  Credentials result;
  result.username = std::move(user);
  result.password = std::move(password);
  return result;
}

std::string ReadAll(Client& client, const std::string& path,
                    const std::string& digest) {
  std::string bytes;
  EXPECT_THAT(client.ReadBlob(path, digest,
                              [&](absl::string_view data) {
                                absl::StrAppend(&bytes, data);
                                return absl::OkStatus();
                              }),
              IsOk());
  return bytes;
}

TEST(ClientTest, LooksUpReadsAndChecksAPlainRegistry) {
  RealRegistry registry;
  const std::string layer(300000, 'x');
  const std::string digest =
      registry.PushImage("team/app", "v1", {layer}, json::Object());
  Client client(registry.domain(), {});

  absl::StatusOr<Manifest> head = client.Head("team/app", "v1");
  ASSERT_THAT(head, IsOk());
  EXPECT_EQ(head->digest, digest);
  EXPECT_EQ(head->media_type,
            "application/vnd.docker.distribution.manifest.v2+json");
  EXPECT_EQ(head->bytes, "");
  EXPECT_EQ(client.Head("team/app", digest)->digest, digest);

  absl::StatusOr<Manifest> manifest = client.Get("team/app", "v1");
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->digest, digest);
  absl::StatusOr<json::Value> parsed = json::Parse(manifest->bytes);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(ReadAll(client, "team/app",
                    std::string((*parsed)["layers"][0]["digest"].string_or())),
            layer);

  EXPECT_THAT(client.Head("team/app", "v2"),
              StatusIs(absl::StatusCode::kNotFound,
                       absl::StrCat("manifest of ", registry.domain(),
                                    "/team/app:v2: 404 Not Found")));
  EXPECT_THAT(client.Get("team/none", "v2"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("404 Not Found: MANIFEST_UNKNOWN: manifest "
                                 "unknown")));
  EXPECT_THAT(
      client.ReadBlob("team/app", absl::StrCat("sha256:", std::string(64, '0')),
                      [](absl::string_view) { return absl::OkStatus(); }),
      StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(
      client.ReadBlob("team/app",
                      std::string((*parsed)["layers"][0]["digest"].string_or()),
                      [](absl::string_view) {
                        return absl::ResourceExhaustedError("disk");
                      }),
      StatusIs(absl::StatusCode::kResourceExhausted, "disk"));
}

TEST(ClientTest, ThePushCheckLeavesNothing) {
  RealRegistry registry;
  Client client(registry.domain(), {});
  EXPECT_THAT(client.CheckPush("new/repo"), IsOk());
  EXPECT_EQ(registry.OpenUploads(), 0);
}

TEST(ClientTest, APasswordIsAskedFor) {
  RealRegistry registry({.user = "john", .password = "doe:x"});
  const std::string digest =
      registry.PushImage("a/b", "v1", {}, json::Object());
  const std::string push =
      absl::StrCat("push to ", registry.domain(),
                   "/a/b: 401 Unauthorized: UNAUTHORIZED: authentication "
                   "required");

  Client nobody(registry.domain(), {});
  EXPECT_THAT(nobody.CheckPush("a/b"),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       absl::StrCat(push, "; there are no credentials for ",
                                    registry.domain(), ": `docker login ",
                                    registry.domain(), "`")));
  EXPECT_THAT(nobody.Head("a/b", "v1"),
              StatusIs(absl::StatusCode::kUnauthenticated));

  Client wrong(registry.domain(), {.credentials = Login("john", "no")});
  EXPECT_THAT(wrong.CheckPush("a/b"),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       absl::StrCat(push, "; ", registry.domain(),
                                    " does not accept the credentials of "
                                    "`john`")));

  Client right(registry.domain(), {.credentials = Login("john", "doe:x")});
  EXPECT_THAT(right.CheckPush("a/b"), IsOk());
  EXPECT_EQ(registry.OpenUploads(), 0);
  EXPECT_EQ(right.Head("a/b", "v1")->digest, digest);
}

TEST(ClientTest, TlsIsCheckedUnlessInsecure) {
  RealRegistry registry({.tls = true, .user = "u", .password = "p"});
  const ClientOptions login = {.credentials = Login("u", "p")};
  // Loopback may be plain HTTP, but this one is not: the certificate is the
  // reason that counts.
  Client stranger(registry.domain(), login);
  EXPECT_THAT(stranger.CheckPush("a/b"),
              StatusIs(absl::StatusCode::kFailedPrecondition));

  ClientOptions trusting = login;
  trusting.ca_pem = registry.ca_pem();
  EXPECT_THAT(Client(registry.domain(), trusting).CheckPush("a/b"), IsOk());
  ClientOptions careless = login;
  careless.insecure = true;
  EXPECT_THAT(Client(registry.domain(), careless).CheckPush("a/b"), IsOk());
}

// Registries in the cloud keep their blobs elsewhere. Debian's does not, so
// these two servers stand for such a registry and its store.
TEST(ClientTest, CredentialsDoNotGoAlongWithARedirect) {
  std::string at_store;
  net::testing::Server store(
      net::testing::EachRequest([&](const net::Request& request) {
        at_store = absl::StrCat(
            request.target, " ",
            net::FindHeader(request.headers, "Authorization").empty());
        return net::Response{200, {}, "blob"};
      }));
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request& request) {
        if (net::FindHeader(request.headers, "Authorization").empty()) {
          return net::Response{401, {{"WWW-Authenticate", "Basic"}}, ""};
        }
        return net::Response{
            307,
            {{"Location", absl::StrCat(store.url().Origin(), "/b?sig=1")}},
            ""};
      }));
  Client client(registry.url().HostPort(), {.credentials = Login("u", "p")});
  const std::string digest = absl::StrCat("sha256:", ToHex(Sha256Of("blob")));
  EXPECT_EQ(ReadAll(client, "a", digest), "blob");
  EXPECT_EQ(at_store, "/b?sig=1 1");
  // The same bytes under another digest are no success.
  EXPECT_THAT(
      client.ReadBlob("a", absl::StrCat("sha256:", std::string(64, '0')),
                      [](absl::string_view) { return absl::OkStatus(); }),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another digest")));
}

TEST(ClientTest, ARedirectInCirclesEnds) {
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request&) {
        return net::Response{302, {{"Location", "/again"}}, ""};
      }));
  Client client(registry.url().HostPort(), {});
  EXPECT_THAT(
      client.ReadBlob("a", "sha256:0",
                      [](absl::string_view) { return absl::OkStatus(); }),
      StatusIs(absl::StatusCode::kUnavailable,
               HasSubstr("more than 5 redirects")));
}

TEST(ClientTest, ARepositoryThatIsNotMadeByItselfIsSaid) {
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request& request) {
        return net::Response{
            request.method == "POST" ? 404 : 200,
            {},
            R"({"errors":[{"code":"NAME_UNKNOWN","message":"no such"}]})"};
      }));
  EXPECT_THAT(Client(registry.url().HostPort(), {}).CheckPush("a/b"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("404 Not Found: NAME_UNKNOWN: no such; this "
                                 "registry does not make repositories")));
}

TEST(ClientTest, SaysThatNobodyIsThere) {
  std::string domain;
  {
    RealRegistry registry;
    domain = registry.domain();
  }
  EXPECT_THAT(Client(domain, {}).CheckPush("a/b"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(domain)));
}

TEST(ClientTest, WhoMaySpeakPlainHttp) {
  for (const char* yes : {"localhost:5000", "127.0.0.1", "10.1.2.3:5000",
                          "172.16.0.1", "192.168.1.1:80", "reg.ns.svc.local",
                          "registry.ns.svc.cluster.local:5000"}) {
    EXPECT_TRUE(MaySpeakPlainHttp(yes)) << yes;
  }
  for (const char* no : {"docker.io", "registry:5000", "172.32.0.1", "8.8.8.8",
                         "registry.ns.svc:5000", "10.1.2"}) {
    EXPECT_FALSE(MaySpeakPlainHttp(no)) << no;
  }
}

}  // namespace
}  // namespace ovenbird::registry
