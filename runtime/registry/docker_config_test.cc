#include "runtime/registry/docker_config.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

Credentials Password(std::string user, std::string password) {
  Credentials result;
  result.username = std::move(user);
  result.password = std::move(password);
  return result;
}

// Means "no credentials" in the tables.
const Credentials kNone;

Credentials FindIn(absl::string_view config, absl::string_view domain) {
  absl::StatusOr<DockerConfig> parsed =
      DockerConfig::Parse(config, "config.json");
  EXPECT_THAT(parsed, IsOk());
  if (!parsed.ok()) return kNone;
  absl::StatusOr<CredentialsLookup> found = parsed->Find(domain);
  EXPECT_THAT(found, IsOk());
  if (!found.ok()) return kNone;
  return found->credentials.value_or(kNone);
}

TEST(DockerConfigTest, FindsTheEntryOfARegistry) {
  struct Case {
    std::string config;
    std::string domain;
    Credentials want;
  };
  Credentials with_email = Password("user", "pass");
  with_email.email = "u@example.com";
  Credentials identity;
  identity.username = "user";
  identity.identity_token = "TOKEN";
  Credentials bearer;
  bearer.registry_token = "BEARER";
  const std::vector<Case> cases = {
      {"", "a.b", kNone},
      {"{}", "a.b", kNone},
      {R"({"auths":{"reg.example.com":{"auth":"dXNlcjpwYXNz",
          "email":"u@example.com"}}})",
       "reg.example.com", with_email},
      {R"({"auths":{"reg.example.com":{"auth":"dXNlcjpwYXNz"}}})",
       "reg.example.com:5000", kNone},
      {R"({"auths":{"r:5000":{"username":"u","password":"p"}}})", "r:5000",
       Password("u", "p")},
      {R"({"auths":{"https://r.io/v2/":{"username":"u","password":"p"}}})",
       "r.io", Password("u", "p")},
      // docker writes the plain host; what comes first is of no meaning.
      {R"({"auths":{"https://r.io/v1/":{"username":"a","password":"p"},
                    "r.io":{"username":"b","password":"p"}}})",
       "r.io", Password("b", "p")},
      {R"({"auths":{"https://index.docker.io/v1/":{"auth":"dXNlcjpwYXNz"}}})",
       "docker.io", Password("user", "pass")},
      {R"({"auths":{"https://index.docker.io/v1/":{"auth":"dXNlcjpwYXNz"}}})",
       "registry-1.docker.io", Password("user", "pass")},
      {R"({"auths":{"docker.io":{"auth":"dXNlcjpwYXNz"}}})", "docker.io",
       Password("user", "pass")},
      {R"({"auths":{"https://index.docker.io/v1/access-token":
                    {"auth":"dXNlcjpwYXNz"}}})",
       "docker.io", kNone},
      {R"({"auths":{"gcr.io":{"auth":"dXNlcjo=","identitytoken":"TOKEN"}}})",
       "gcr.io", identity},
      {R"({"auths":{"r.io":{"registrytoken":"BEARER"}}})", "r.io", bearer},
      // "user:pass" with zero bytes behind.
      {R"({"auths":{"r.io":{"auth":"dXNlcjpwYXNzAAA="}}})", "r.io",
       Password("user", "pass")},
      // A password may hold a colon.
      {R"({"auths":{"r.io":{"auth":"dTphOmI="}}})", "r.io",
       Password("u", "a:b")},
      {R"({"auths":{"r.io":{}}})", "r.io", kNone},
      {R"({"auths":{"r.io":{"auth":""}}})", "r.io", kNone},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(FindIn(test.config, test.domain), test.want)
        << test.config << " " << test.domain;
  }
}

TEST(DockerConfigTest, SaysWhatIsWrong) {
  EXPECT_THAT(
      DockerConfig::Parse("{'a'", "c.json"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("c.json: ")));
  EXPECT_THAT(DockerConfig::Parse("[]", "c.json"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "c.json: this is not a JSON object"));
  EXPECT_THAT(
      DockerConfig::Parse(R"({"auths":{"r.io":{"auth":"%"}}})", "c.json")
          ->Find("r.io"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "c.json: `auths` entry `r.io`: `auth` is not base64"));
  EXPECT_THAT(
      DockerConfig::Parse(R"({"auths":{"r.io":{"auth":"YWJj"}}})", "c.json")
          ->Find("r.io"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "c.json: `auths` entry `r.io`: `auth` is base64 of a string "
               "without `:`; it must be USER:PASSWORD"));
}

// Real programs in a folder of their own at the front of PATH.
class CredentialHelperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = absl::StrCat(::testing::TempDir(), "/helpers");
    mkdir(folder_.c_str(), 0755);
    const char* path = getenv("PATH");
    old_path_ = path == nullptr ? "" : path;
    setenv("PATH", absl::StrCat(folder_, ":", old_path_).c_str(), 1);
  }
  void TearDown() override { setenv("PATH", old_path_.c_str(), 1); }

  void Helper(const std::string& name, const std::string& script) {
    const std::string path = absl::StrCat(folder_, "/docker-credential-", name);
    std::ofstream(path) << "#!/bin/sh\n" << script;
    chmod(path.c_str(), 0755);
  }

  absl::StatusOr<CredentialsLookup> Find(
      absl::string_view config, absl::string_view domain,
      absl::Duration timeout = absl::Seconds(30)) {
    return DockerConfig::Parse(config, "c.json")
        ->Find(domain, nullptr, timeout);
  }

  std::string folder_;
  std::string old_path_;
};

TEST_F(CredentialHelperTest, IsAskedForTheRegistry) {
  // Answers with what it was asked, so that the server's name is seen.
  Helper("echo", R"sh(
[ "$1" = get ] || exit 2
printf '{"ServerURL":"x","Username":"me","Secret":"for %s"}' "$(cat)"
)sh");
  absl::StatusOr<CredentialsLookup> found =
      Find(R"({"credsStore":"echo"})", "gcr.io");
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->credentials, Password("me", "for gcr.io"));
  EXPECT_EQ(found->source, "docker-credential-echo");
  EXPECT_EQ(Find(R"({"credsStore":"echo"})", "docker.io")->credentials,
            Password("me", "for https://index.docker.io/v1/"));
  EXPECT_EQ(Find(R"({"credHelpers":{"gcr.io":"echo"}})", "gcr.io")->credentials,
            Password("me", "for gcr.io"));
  EXPECT_EQ(Find(R"({"credHelpers":{"gcr.io":"echo"}})", "r.io")->credentials,
            std::nullopt);
  // The helper of a registry goes before the store of all.
  EXPECT_EQ(
      Find(R"({"credsStore":"missing","credHelpers":{"a.b":"echo"}})", "a.b")
          ->credentials,
      Password("me", "for a.b"));
}

TEST_F(CredentialHelperTest, ATokenIsAnIdentityToken) {
  Helper("token", R"sh(echo '{"Username":"<token>","Secret":"T"}')sh");
  Credentials want;
  want.identity_token = "T";
  EXPECT_EQ(Find(R"({"credsStore":"token"})", "a.b")->credentials, want);
}

TEST_F(CredentialHelperTest, NothingFoundIsNoError) {
  Helper("none", "echo 'credentials not found in native keychain'; exit 1\n");
  absl::StatusOr<CredentialsLookup> found =
      Find(R"({"credsStore":"none"})", "a.b");
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->credentials, std::nullopt);
  EXPECT_EQ(found->warning, "");
}

TEST_F(CredentialHelperTest, AMissingHelperMattersWhereALoginIsKnown) {
  const std::string missing =
      "credential helper `docker-credential-missing` is not installed on this "
      "machine (not in PATH) (c.json names it in `";
  absl::StatusOr<CredentialsLookup> unknown =
      Find(R"({"credsStore":"missing"})", "127.0.0.1:5000");
  ASSERT_THAT(unknown, IsOk());
  EXPECT_EQ(unknown->credentials, std::nullopt);
  EXPECT_EQ(unknown->warning, absl::StrCat(missing, "credsStore`)"));
  EXPECT_THAT(
      Find(R"({"credsStore":"missing","auths":{"a.b":{}}})", "a.b"),
      StatusIs(absl::StatusCode::kNotFound,
               absl::StrCat("credentials for a.b: ", missing, "credsStore`)")));
  EXPECT_THAT(Find(R"({"credHelpers":{"a.b":"missing"}})", "a.b"),
              StatusIs(absl::StatusCode::kNotFound,
                       absl::StrCat("credentials for a.b: ", missing,
                                    "credHelpers`)")));
  // The file's own password will do.
  EXPECT_EQ(Find(R"({"credsStore":"missing",
                     "auths":{"a.b":{"auth":"dXNlcjpwYXNz"}}})",
                 "a.b")
                ->credentials,
            Password("user", "pass"));
}

TEST_F(CredentialHelperTest, SaysHowAHelperFailed) {
  Helper("locked", "echo 'the store is locked' >&2; exit 3\n");
  EXPECT_THAT(
      Find(R"({"credHelpers":{"a.b":"locked"}})", "a.b"),
      StatusIs(absl::StatusCode::kUnknown,
               HasSubstr("`docker-credential-locked get` for a.b failed with "
                         "exit code 3: the store is locked")));
  Helper("chatty", "echo hello\n");
  EXPECT_THAT(Find(R"({"credHelpers":{"a.b":"chatty"}})", "a.b"),
              StatusIs(absl::StatusCode::kUnknown,
                       HasSubstr("did not answer with JSON")));
  Helper("slow", "exec sleep 1000\n");
  EXPECT_THAT(
      Find(R"({"credHelpers":{"a.b":"slow"}})", "a.b", absl::Milliseconds(1)),
      StatusIs(absl::StatusCode::kDeadlineExceeded,
               HasSubstr("did not end within 1ms")));
  EXPECT_THAT(
      Find(R"({"credHelpers":{"a.b":"../x"}})", "a.b"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has a slash")));
}

TEST(DockerConfigLoadTest, FollowsTheEnvironment) {
  const std::string folder = absl::StrCat(::testing::TempDir(), "/docker");
  mkdir(folder.c_str(), 0755);
  unsetenv("DOCKER_AUTH_CONFIG");
  setenv("DOCKER_CONFIG", folder.c_str(), 1);
  EXPECT_EQ(DockerConfig::Load()->Find("a.b")->credentials, std::nullopt);
  std::ofstream(absl::StrCat(folder, "/config.json"))
      << R"({"auths":{"a.b":{"username":"file","password":"p"},
                      "c.d":{"username":"file","password":"p"}}})";
  EXPECT_EQ(DockerConfig::Load()->Find("a.b")->credentials,
            Password("file", "p"));
  EXPECT_EQ(DockerConfig::Load()->Find("a.b")->source,
            absl::StrCat(folder, "/config.json"));
  setenv("DOCKER_AUTH_CONFIG",
         R"({"auths":{"a.b":{"username":"env","password":"p"}}})", 1);
  EXPECT_EQ(DockerConfig::Load()->Find("a.b")->credentials,
            Password("env", "p"));
  EXPECT_EQ(DockerConfig::Load()->Find("a.b")->source, "$DOCKER_AUTH_CONFIG");
  EXPECT_EQ(DockerConfig::Load()->Find("c.d")->credentials,
            Password("file", "p"));
  unsetenv("DOCKER_AUTH_CONFIG");
  setenv("DOCKER_CONFIG", "/etc/passwd", 1);
  EXPECT_THAT(DockerConfig::Load(), IsOk());
}

}  // namespace
}  // namespace ovenbird::registry
