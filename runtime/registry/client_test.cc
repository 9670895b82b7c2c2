#include "runtime/registry/client.h"

#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/sha256.h"
#include "runtime/net/testing/certificates.h"
#include "runtime/net/testing/recording_proxy.h"
#include "runtime/net/testing/server.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/wall_clock.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WallClockStep;
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
                                    " rejected the credentials of "
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
// these two servers imitate such a registry and its store.
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
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("different digest")));
}

TEST(ClientTest, ARedirectInCirclesEnds) {
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request&) {
        return net::Response{302, {{"Location", "/again"}}, ""};
      }));
  Client client(registry.url().HostPort(), {});
  EXPECT_THAT(
      client.ReadBlob("a", absl::StrCat("sha256:", std::string(64, '0')),
                      [](absl::string_view) { return absl::OkStatus(); }),
      StatusIs(absl::StatusCode::kUnavailable,
               HasSubstr("more than 5 redirects")));
}

// Counts what a place that a hostile registry points at is sent.
class Trap {
 public:
  net::Response Answer(const net::Request& request) {
    ++requests;
    if (!net::FindHeader(request.headers, "Authorization").empty()) ++logins;
    return {200, {}, R"({"token":"T"})"};
  }

  std::atomic<int> requests = 0;
  std::atomic<int> logins = 0;
};

// Where in the protocol a registry can point somewhere else.
enum class Place { kManifest, kLookUp, kBlob, kRealm, kToken, kUpload };

constexpr std::pair<Place, absl::string_view> kPlaces[] = {
    {Place::kManifest, "manifest"}, {Place::kLookUp, "look-up"},
    {Place::kBlob, "blob"},         {Place::kRealm, "realm"},
    {Place::kToken, "token"},       {Place::kUpload, "upload"}};

// A registry that wants a login and at `place` points at `location`.
net::Response PointAt(Place place, const std::string& location,
                      const net::Request& request, const net::Url& self,
                      Trap& own) {
  const std::string& target = request.target;
  if (absl::StartsWith(target, "/there")) return own.Answer(request);
  if (target == "/v2/") return {200, {}, ""};
  if (absl::StartsWith(target, "/token")) {
    return {307, {{"Location", location}}, ""};
  }
  const bool login = place != Place::kRealm && place != Place::kToken;
  if (net::FindHeader(request.headers, "Authorization").empty() || !login) {
    const std::string realm =
        place == Place::kRealm ? location : self.Origin() + "/token";
    return {401,
            {{"WWW-Authenticate",
              login ? std::string("Basic realm=\"r\"")
                    : absl::StrCat("Bearer realm=\"", realm, "\"")}},
            ""};
  }
  if (place == Place::kUpload && request.method == "DELETE") {
    return own.Answer(request);
  }
  return {place == Place::kUpload ? 202 : 307, {{"Location", location}}, ""};
}

void Ask(Client& client, Place place) {
  switch (place) {
    case Place::kManifest:
    case Place::kRealm:
    case Place::kToken:
      (void)client.Get("a", "v1");
      return;
    case Place::kLookUp:
      (void)client.Head("a", "v1");
      return;
    case Place::kBlob:
      (void)client.ReadBlob("a", absl::StrCat("sha256:", std::string(64, '0')),
                            [](absl::string_view) { return absl::OkStatus(); });
      return;
    case Place::kUpload:
      (void)client.CheckPush("a");
      return;
  }
}

// What a registry points at, and who may hear of it.
struct SchemeCase {
  std::string location;
  bool from_http = false;   // a plain registry's word is followed
  bool from_https = false;  // that of one with TLS
  bool own = false;         // it is the registry itself
};

// Made once: there are many servers.
const net::testing::KeyPair& Authority() {
  static const auto& authority =
      *new net::testing::KeyPair(net::testing::MakeAuthority("test authority"));
  return authority;
}

net::testing::ServerOptions WithTls() {
  static const auto& certificate = *new net::testing::KeyPair(
      net::testing::MakeCertificate({}, &Authority()));
  net::testing::ServerOptions options;
  options.tls = certificate;
  return options;
}

void CheckSchemes(bool tls, const SchemeCase& test, Trap& elsewhere) {
  net::testing::ServerOptions options;
  if (tls) options = WithTls();
  for (const auto& [place, name] : kPlaces) {
    SCOPED_TRACE(absl::StrCat(tls ? "https" : "http", " registry, ", name,
                              " at ", test.location));
    elsewhere.requests = elsewhere.logins = 0;
    Trap own;
    net::Url self;
    net::testing::Server registry(
        options, net::testing::EachRequest(
                     [&, place = place](const net::Request& request) {
                       return PointAt(place, test.location, request, self, own);
                     }));
    self = registry.url();
    ClientOptions login = {.credentials = Login("u", "p")};
    login.ca_pem = tls ? Authority().cert_pem : "";
    Client client(self.HostPort(), login);
    Ask(client, place);

    const bool followed = tls ? test.from_https : test.from_http;
    if (test.own) {
      EXPECT_GE(own.requests, 1);
      EXPECT_EQ(own.logins, own.requests);
      EXPECT_EQ(elsewhere.requests, 0);
      continue;
    }
    EXPECT_EQ(own.requests, 0);
    // Nobody else can cancel an upload.
    EXPECT_EQ(elsewhere.requests > 0, followed && place != Place::kUpload);
    // The token server that the registry names is the only place in addition to
    // itself that the login is for.
    if (place != Place::kRealm) {
      EXPECT_EQ(elsewhere.logins, 0);
    }
  }
}

TEST(ClientTest, FollowsOnlyHttpAndNeverLeavesTls) {
  Trap elsewhere;
  const net::testing::Server::Handler trap = net::testing::EachRequest(
      [&](const net::Request& request) { return elsewhere.Answer(request); });
  net::testing::Server store(trap);
  // Not TempDir: its path is too long for a socket.
  std::string folder = "/tmp/trapXXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string socket = folder + "/socket";
  net::testing::Server local({.unix_path = socket}, trap);
  // Another host with TLS has to be trusted by the system.
  const std::string authority = folder + "/ca.pem";
  std::ofstream(authority) << Authority().cert_pem;
  setenv("SSL_CERT_FILE", authority.c_str(), 1);
  net::testing::Server secure(WithTls(), trap);
  const std::string secure_host = secure.url().HostPort();
  const std::string host = store.url().HostPort();
  const std::vector<SchemeCase> cases = {
      {.location = absl::StrCat("https://", secure_host, "/x"),
       .from_http = true,
       .from_https = true},
      {.location = absl::StrCat("HTTPS://", secure_host, "/x"),
       .from_http = true,
       .from_https = true},
      {.location = absl::StrCat("//", secure_host, "/x"), .from_https = true},
      {.location = absl::StrCat("http://", host, "/x"), .from_http = true},
      {.location = absl::StrCat("HTTP://", host, "/x"), .from_http = true},
      {.location = absl::StrCat("hTTp://", host), .from_http = true},
      {.location = absl::StrCat("http://u:p@", host, "/"), .from_http = true},
      {.location = absl::StrCat("//", host, "/x"), .from_http = true},
      {.location = absl::StrCat("http:", host, "/x")},
      {.location = absl::StrCat("http:/", host, "/x")},
      {.location = absl::StrCat("unix://", socket)},
      {.location = absl::StrCat("UNIX://", socket)},
      {.location = absl::StrCat("socks5://", host, "/x")},
      {.location = "file:///etc/passwd"},
      {.location = "/there", .own = true},
      {.location = absl::StrCat("/there?to=http://", host), .own = true},
  };
  for (const SchemeCase& test : cases) {
    CheckSchemes(/*tls=*/false, test, elsewhere);
    CheckSchemes(/*tls=*/true, test, elsewhere);
  }
  unsetenv("SSL_CERT_FILE");
  // The certificate of the registry's own authority is good for it alone.
  const SchemeCase stranger = {.location =
                                   absl::StrCat("https://", secure_host, "/x")};
  CheckSchemes(/*tls=*/false, stranger, elsewhere);
  CheckSchemes(/*tls=*/true, stranger, elsewhere);
  std::filesystem::remove_all(folder);
}

// The store's own challenge is none of the registry's.
TEST(ClientTest, TheStoreCannotAskForTheLogin) {
  Trap trap;
  net::Url self;
  net::testing::Server store(
      net::testing::EachRequest([&](const net::Request& request) {
        trap.Answer(request);
        return net::Response{
            401,
            {{"WWW-Authenticate",
              absl::StrCat("Bearer realm=\"", self.Origin(), "/t\", Basic")}},
            ""};
      }));
  self = store.url();
  for (const auto& [place, name] : kPlaces) {
    if (place == Place::kRealm) continue;
    SCOPED_TRACE(name);
    Trap own;
    net::Url home;
    net::testing::Server registry(net::testing::EachRequest(
        [&, place = place](const net::Request& request) {
          return PointAt(place, self.Origin() + "/x", request, home, own);
        }));
    home = registry.url();
    Client client(home.HostPort(), {.credentials = Login("u", "p")});
    Ask(client, place);
    EXPECT_EQ(trap.logins, 0);
  }
}

TEST(ClientTest, ATokenThatExpiresIsRenewedOncePerRequest) {
  net::Url self;
  int tokens = 0;
  bool denied = false;
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request& request) {
        if (absl::StartsWith(request.target, "/token")) {
          return net::Response{
              200,
              {},
              // Its clock differs: until it refuses the token, that is valid.
              absl::StrCat(R"({"issued_at":"2000-01-01T00:00:00Z",)",
                           R"("expires_in":1,"token":"T)", ++tokens, "\"}")};
        }
        const bool valid = net::FindHeader(request.headers, "Authorization") ==
                           absl::StrCat("Bearer T", tokens);
        if (request.target == "/v2/" || (valid && tokens > 0 && !denied)) {
          return net::Response{200, {}, "blob"};
        }
        return net::Response{
            401,
            {{"WWW-Authenticate",
              absl::StrCat("Bearer realm=\"", self.Origin(), "/token\"")}},
            ""};
      }));
  self = registry.url();
  Client client(self.HostPort(), {});
  const std::string digest = absl::StrCat("sha256:", ToHex(Sha256Of("blob")));
  for (const absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    const WallClockStep clock(step);
    EXPECT_THAT(client.Get("a", "v1"), IsOk());
    EXPECT_EQ(tokens, 1);
  }
  ++tokens;  // The first is no longer valid.
  EXPECT_EQ(ReadAll(client, "a", digest), "blob");
  EXPECT_EQ(tokens, 3);
  ++tokens;
  EXPECT_THAT(client.Get("a", "v1"), IsOk());
  EXPECT_EQ(tokens, 5);
  denied = true;
  EXPECT_THAT(client.Get("a", "v1"),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(tokens, 6);
}

TEST(ClientTest, ABusyServerIsAskedOnceMore) {
  struct Case {
    int status;
    const char* retry_after;
    int busy;  // so many times
    bool want;
    int requests;
  };
  const Case cases[] = {
      {429, "0", 1, true, 2},
      {503, "0", 1, true, 2},
      {429, "1", 1, true, 2},
      {429, "0", 2, false, 2},
      {429, "", 1, false, 1},
      {503, "", 1, false, 1},
      {429, "61", 1, false, 1},
      {429, "-1", 1, false, 1},
      {500, "0", 1, false, 1},
      {429, "99999999999999999999", 1, false, 1},
      {429, "4294967295", 1, false, 1},
      {503, "Sun, 06 Nov 1994 08:49:37 GMT", 1, true, 2},
      {429, "Fri, 31 Dec 9999 23:59:59 GMT", 1, false, 1},
      {429, "tomorrow", 1, false, 1},
  };
  for (const bool token : {false, true}) {
    for (const Case& test : cases) {
      SCOPED_TRACE(absl::StrCat(token ? "token " : "manifest ", test.status,
                                " Retry-After: ", test.retry_after));
      int requests = 0;
      net::Url self;
      net::testing::Server registry(
          net::testing::EachRequest([&](const net::Request& request) {
            const bool asks_token = absl::StartsWith(request.target, "/token");
            if (request.target != "/v2/" && asks_token == token &&
                ++requests <= test.busy) {
              return net::Response{
                  test.status, {{"Retry-After", test.retry_after}}, ""};
            }
            if (asks_token || !token || request.target == "/v2/" ||
                !net::FindHeader(request.headers, "Authorization").empty()) {
              return net::Response{200, {}, R"({"token":"T"})"};
            }
            return net::Response{
                401,
                {{"WWW-Authenticate",
                  absl::StrCat("Bearer realm=\"", self.Origin(), "/token\"")}},
                ""};
          }));
      self = registry.url();
      Client client(self.HostPort(), {});
      EXPECT_EQ(client.Get("a", "v1").ok(), test.want);
      EXPECT_EQ(requests, test.requests);
    }
  }
}

TEST(ClientTest, AnswersHaveALimit) {
  struct Case {
    const char* target;
    size_t size;
    absl::StatusCode want;
  };
  const Case cases[] = {
      {"/v2/a/manifests/v1", 4 << 20, absl::StatusCode::kOk},
      {"/v2/a/manifests/v1", (4 << 20) + 1, absl::StatusCode::kOutOfRange},
      {"/token", 1 << 20, absl::StatusCode::kOk},
      {"/token", (1 << 20) + 1, absl::StatusCode::kOutOfRange},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(absl::StrCat(test.target, " ", test.size));
    net::Url self;
    net::testing::Server registry(
        net::testing::EachRequest([&](const net::Request& request) {
          if (request.target == "/v2/a/manifests/v1" &&
              net::FindHeader(request.headers, "Authorization").empty()) {
            return net::Response{
                401,
                {{"WWW-Authenticate",
                  absl::StrCat("Bearer realm=\"", self.Origin(), "/token\"")}},
                ""};
          }
          std::string body = R"({"token":"T"})";
          if (absl::StartsWith(request.target, test.target)) {
            body.resize(test.size, ' ');
          }
          return net::Response{200, {}, std::move(body)};
        }));
    self = registry.url();
    Client client(self.HostPort(), {});
    EXPECT_EQ(client.Get("a", "v1").status().code(), test.want);
  }
}

// sha512 of "blob" and of nothing else.
constexpr absl::string_view kBlob512 =
    "sha512:78dfec637347c509fe8d78d55efbd28fa1666f146e3a964b7eda2551e6f36bf2"
    "9b57266584fa47306ba7332e246e9d4406c5a72a9e609e2eca6e36a6ff505f36";

TEST(ClientTest, EveryDigestIsChecked) {
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request&) {
        return net::Response{200, {}, "blob"};
      }));
  Client client(registry.url().HostPort(), {});
  const std::string blob256 = absl::StrCat("sha256:", ToHex(Sha256Of("blob")));
  const std::vector<std::pair<std::string, absl::StatusCode>> cases = {
      {blob256, absl::StatusCode::kOk},
      {std::string(kBlob512), absl::StatusCode::kOk},
      {absl::StrCat("sha256:", std::string(64, '0')),
       absl::StatusCode::kDataLoss},
      {absl::StrCat("sha512:", std::string(128, '0')),
       absl::StatusCode::kDataLoss},
      {absl::StrCat("sha384:", std::string(96, '0')),
       absl::StatusCode::kInvalidArgument},
      {absl::StrCat("md5:", std::string(32, '0')),
       absl::StatusCode::kInvalidArgument},
      {absl::AsciiStrToUpper(blob256), absl::StatusCode::kInvalidArgument},
      {absl::StrCat("sha256:", std::string(128, '0')),
       absl::StatusCode::kInvalidArgument},
      {"sha512:", absl::StatusCode::kInvalidArgument},
      {"sha256:../../../v2/", absl::StatusCode::kInvalidArgument},
  };
  for (const auto& [digest, want] : cases) {
    EXPECT_EQ(client.Get("a", digest).status().code(), want) << digest;
    EXPECT_EQ(client
                  .ReadBlob("a", digest,
                            [](absl::string_view) { return absl::OkStatus(); })
                  .code(),
              want)
        << digest;
  }
  EXPECT_THAT(client.Get("a", "sha384:00"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("digest algorithm `sha384` is not supported; "
                                 "use sha256 or sha512")));
  for (const char* none : {"", "v1", "latest"}) {
    EXPECT_THAT(
        client.ReadBlob("a", none,
                        [](absl::string_view) { return absl::OkStatus(); }),
        StatusIs(absl::StatusCode::kInvalidArgument))
        << none;
  }
}

// What is cut, or has another length than it says, is never taken for the
// content; and no rest of it for the answer to another request.
TEST(ClientTest, ABrokenAnswerIsNotTheContent) {
  const struct {
    const char* head;
    const char* body;
    absl::StatusCode want;
  } kCases[] = {
      {"Content-Length: 5", "blob", absl::StatusCode::kUnavailable},
      {"Content-Length: 99999999999999999", "blob",
       absl::StatusCode::kUnavailable},
      {"Content-Length: 99999999999999999999999", "blob",
       absl::StatusCode::kUnavailable},
      {"Content-Length: -4", "blob", absl::StatusCode::kUnavailable},
      {"Content-Length: 4\r\nContent-Length: 5", "blob",
       absl::StatusCode::kUnavailable},
      {"Content-Length: 3", "blob", absl::StatusCode::kDataLoss},
      {"Content-Length: 0", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nblob",
       absl::StatusCode::kDataLoss},
      {"Transfer-Encoding: chunked", "4\r\nblob\r\n",
       absl::StatusCode::kUnavailable},
      {"Transfer-Encoding: chunked", "5\r\nblob\r\n0\r\n\r\n",
       absl::StatusCode::kUnavailable},
      {"Transfer-Encoding: chunked", "ffffffffffffffffff\r\nblob\r\n",
       absl::StatusCode::kUnavailable},
      {"Transfer-Encoding: chunked", "0\r\n\r\nblob",
       absl::StatusCode::kDataLoss},
      {"Connection: close", "blo", absl::StatusCode::kDataLoss},
  };
  const std::string digest = absl::StrCat("sha256:", ToHex(Sha256Of("blob")));
  for (const auto& c : kCases) {
    for (const bool is_manifest : {true, false}) {
      SCOPED_TRACE(absl::StrCat(c.head, " ", c.body, is_manifest));
      std::atomic<bool> is_broken = true;
      net::testing::Server registry([&](net::testing::Conversation& talk) {
        while (const auto request = talk.Next()) {
          if (request->target == "/v2/" || !is_broken) {
            if (!talk.Reply(200, "blob")) return;
            continue;
          }
          talk.Raw(
              absl::StrCat("HTTP/1.1 200 OK\r\n", c.head, "\r\n\r\n", c.body));
          return;
        }
      });
      Client client(registry.url().HostPort(), {});
      const auto ask = [&] {
        if (is_manifest) return client.Get("a", digest).status();
        return client.ReadBlob(
            "a", digest, [](absl::string_view) { return absl::OkStatus(); });
      };
      EXPECT_EQ(ask().code(), c.want);
      is_broken = false;
      EXPECT_THAT(ask(), IsOk());
    }
  }
}

// The header is as little to be believed as the body.
TEST(ClientTest, ALookUpChecksTheDigestThatItIsTold) {
  std::string told;
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request&) {
        return net::Response{200, {{"Docker-Content-Digest", told}}, "blob"};
      }));
  Client client(registry.url().HostPort(), {});
  const std::string blob = absl::StrCat("sha256:", ToHex(Sha256Of("blob")));
  const std::string other = absl::StrCat("sha256:", std::string(64, '0'));
  told = other;
  EXPECT_EQ(client.Head("a", "v1")->digest, other);
  EXPECT_THAT(client.Head("a", blob), StatusIs(absl::StatusCode::kDataLoss));
  for (const char* nonsense : {"", "sha256:0", "sha384:0", "v1"}) {
    told = nonsense;
    absl::StatusOr<Manifest> head = client.Head("a", "v1");
    ASSERT_THAT(head, IsOk());
    EXPECT_EQ(head->digest, blob) << nonsense;
  }
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
                                 "registry does not create repositories")));
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

TEST(ClientTest, ACertificateErrorIsNoReasonToLeaveTls) {
  net::testing::ServerOptions options;
  options.tls = net::testing::MakeCertificate({});
  net::testing::Server registry(
      options, net::testing::EachRequest([&](const net::Request&) {
        return net::Response{200, {}, ""};
      }));
  EXPECT_THAT(
      Client(registry.url().HostPort(), {.credentials = Login("u", "p")})
          .Get("a", "v1"),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("self-signed")));
  EXPECT_EQ(registry.connections(), 1);
}

// In a private network anyone may answer. The requests go through a proxy, so
// that no such registry has to exist.
TEST(ClientTest, APasswordIsSentInClearOnlyToInsecureRegistries) {
  net::testing::RecordingProxy proxy(200);
  const auto speaks_plain_http = [&](const std::string& domain,
                                     ClientOptions options) {
    const bool connected = Client(domain, std::move(options)).Connect().ok();
    const std::vector<std::string> seen = proxy.Take();
    EXPECT_EQ(seen.size(), connected ? 2u : 1u) << absl::StrJoin(seen, "\n");
    return connected;
  };
  for (const char* domain :
       {"10.1.2.3:5000", "172.16.0.1:80", "192.168.1.1", "reg.local:5000",
        "reg.ns.svc.cluster.local:5000", "8.8.8.8", "172.32.0.1", "reg:5000",
        "reg.ns.svc:5000"}) {
    SCOPED_TRACE(domain);
    const bool is_private = absl::StrContains(domain, ".local") ||
                            absl::StartsWith(domain, "10.") ||
                            absl::StartsWith(domain, "172.16.") ||
                            absl::StartsWith(domain, "192.168.");
    const Credentials login = Login("u", "p");
    EXPECT_FALSE(speaks_plain_http(domain, {}));
    EXPECT_FALSE(speaks_plain_http(domain, {.credentials = login}));
    EXPECT_EQ(
        speaks_plain_http(domain, {.plain_http_in_private_networks = true}),
        is_private);
    EXPECT_FALSE(speaks_plain_http(
        domain,
        {.credentials = login, .plain_http_in_private_networks = true}));
    EXPECT_TRUE(
        speaks_plain_http(domain, {.credentials = login, .insecure = true}));
  }
}

// A byte now and then is never a silence.
TEST(ClientTest, ADownloadThatDripsIsGivenUp) {
  net::testing::Server registry([](net::testing::Conversation& c) {
    while (const auto request = c.Next()) {
      if (!absl::StrContains(request->target, "/blobs/")) {
        c.Reply(200, "");
        continue;
      }
      if (!c.StartChunks(200)) return;
      for (int i = 0; i < 600 && c.Chunk("x"); ++i) {
        absl::SleepFor(absl::Milliseconds(50));
      }
      return;
    }
  });
  ClientOptions options;
  options.slow_after = absl::Milliseconds(200);
  Client client(registry.url().HostPort(), std::move(options));
  const absl::Time start = absl::Now();
  EXPECT_THAT(
      client.ReadBlob("a", absl::StrCat("sha256:", std::string(64, '0')),
                      [](absl::string_view) { return absl::OkStatus(); }),
      StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("are too slow")));
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
}

}  // namespace
}  // namespace ovenbird::registry
