#include "runtime/registry/pull_secret.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char kConfig[] = R"({"auths":{
  "reg.example.com":{"auth":"dXNlcjpwYXNz","email":"u@example.com"},
  "https://index.docker.io/v1/":{"username":"john","password":"doe"},
  "gcr.io":{"auth":"dXNlcjo=","identitytoken":"TOKEN"},
  "bearer.io":{"registrytoken":"BEARER"},
  "other.io":{"auth":"dXNlcjpwYXNz"}}})";

std::string Make(const std::vector<std::string>& domains) {
  absl::StatusOr<PullSecret> secret =
      MakePullSecret(*DockerConfig::Parse(kConfig, "c.json"), domains);
  EXPECT_THAT(secret, IsOk());
  return secret.ok() ? secret->config_json : "";
}

TEST(PullSecretTest, HoldsWhatTheBuildNeedsAndNothingMore) {
  EXPECT_EQ(Make({"reg.example.com"}),
            R"({"auths":{"reg.example.com":{"auth":"dXNlcjpwYXNz",)"
            R"("email":"u@example.com"}}})");
  EXPECT_EQ(
      Make({"docker.io"}),
      R"({"auths":{"https://index.docker.io/v1/":{"auth":"am9objpkb2U="}}})");
  EXPECT_EQ(Make({"gcr.io", "bearer.io", "no.where", "gcr.io"}),
            R"({"auths":{"bearer.io":{"registrytoken":"BEARER"},)"
            R"("gcr.io":{"auth":"dXNlcjo=","identitytoken":"TOKEN"}}})");
}

TEST(PullSecretTest, NoCredentialsNoSecret) {
  EXPECT_EQ(Make({}), "");
  EXPECT_EQ(Make({"reg.local:5000"}), "");
}

TEST(PullSecretTest, TellsWhichRegistriesAndWhatCouldNotBeAsked) {
  absl::StatusOr<PullSecret> secret = MakePullSecret(
      *DockerConfig::Parse(
          R"({"credsStore":"gone","auths":{"a.b":{"auth":"dXNlcjpwYXNz"}}})",
          "c.json"),
      {"c.d", "a.b", "e.f"});
  ASSERT_THAT(secret, IsOk());
  EXPECT_THAT(secret->domains, ElementsAre("a.b"));
  EXPECT_THAT(secret->warnings,
              ElementsAre(HasSubstr("`docker-credential-gone`")));
  EXPECT_THAT(
      MakePullSecret(*DockerConfig::Parse(
                         R"({"credsStore":"gone","auths":{"a.b":{}}})", "c"),
                     {"a.b"}),
      StatusIs(absl::StatusCode::kNotFound));
}

TEST(ConfigJsonCheckTest, ExplainsWhatPeoplePutThere) {
  struct Case {
    std::string content;
    bool broken;
    std::string text;  // a part; empty: nothing to say
  };
  const std::vector<Case> cases = {
      {R"({"auths":{"reg.io":{"auth":"dXNlcjpwYXNz"}}})", false, ""},
      {R"({"auths":{"https://reg.io/v2/":{"auth":"dXNlcjpwYXNz"}}})", false,
       ""},
      {R"({"credsStore":"ecr-login"})", false, ""},
      {R"({"credHelpers":{"reg.io":"acr-env"}})", false, ""},
      // Of another registry: not asked for.
      {R"({"credHelpers":{"reg.io":"gcr","x.io":"osxkeychain"}})", false, ""},
      {R"('{ "credsStore":"ecr-login" }')", true, "wrapped in single quotes"},
      {R"({credsStore:ecr-login})", true, "a shell removed them"},
      {R"({"auths":{"reg.io":{"auth":"x"}})", true, "it is not JSON: "},
      {"[1]", true, "an object in { } is needed"},
      {"", true, "it is empty"},
      {"eyJhdXRocyI6e319", true, "base64-encoded twice"},
      {R"({"type":"service_account","private_key":"SECRET"})", true,
       "key of a Google service account"},
      {R"({"auths":{"reg.io":{}},"credsStore":"desktop"})", true,
       "no docker-credential-desktop"},
      {R"({"credHelpers":{"reg.io":"osxkeychain"}})", true,
       "no docker-credential-osxkeychain"},
      {R"({"reg.io":{"auth":"x"}})", false, "but `reg.io`"},
      {"{}", false, "none of `auths`, `credHelpers` and `credsStore`"},
  };
  for (const Case& test : cases) {
    const ConfigJsonCheck check = CheckConfigJson(test.content, {"reg.io"});
    EXPECT_EQ(check.broken, test.broken) << test.content;
    if (test.text.empty()) {
      EXPECT_THAT(check.text, IsEmpty()) << test.content;
    } else {
      EXPECT_THAT(check.text, HasSubstr(test.text)) << test.content;
    }
    EXPECT_THAT(check.text, ::testing::Not(HasSubstr("SECRET")));
  }
}

TEST(ConfigJsonCheckTest, RegistriesThatItHasNothingFor) {
  const std::vector<std::string> needed = {"reg.io", "docker.io", "gcr.io"};
  const ConfigJsonCheck some = CheckConfigJson(
      R"({"auths":{"https://index.docker.io/v1/":{},"other.io":{}},)"
      R"("credHelpers":{"gcr.io":"gcr"}})",
      needed);
  EXPECT_FALSE(some.broken);
  EXPECT_THAT(some.text, IsEmpty());
  EXPECT_THAT(some.missing, ElementsAre("reg.io"));
  EXPECT_THAT(some.known, ElementsAre("docker.io", "gcr.io", "other.io"));
  const ConfigJsonCheck none = CheckConfigJson(R"({"auths":{}})", {"reg.io"});
  EXPECT_THAT(none.missing, ElementsAre("reg.io"));
  EXPECT_THAT(none.known, IsEmpty());
  // A helper may know all of them.
  EXPECT_THAT(CheckConfigJson(R"({"credsStore":"ecr-login"})", needed).missing,
              IsEmpty());
}

}  // namespace
}  // namespace ovenbird::registry
