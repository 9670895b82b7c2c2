#include "runtime/kube/auth_provider.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::kube {
namespace {

// A JWT that expires after `left`.
std::string Token(absl::Duration left) {
  std::string claims;
  absl::WebSafeBase64Escape(
      absl::StrCat("{\"exp\": ", absl::ToUnixSeconds(absl::Now() + left), "}"),
      &claims);
  return absl::StrCat("e30.", claims, ".sig");
}

std::string Rfc3339(absl::Duration left) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", absl::Now() + left,
                          absl::UTCTimeZone());
}

TEST(AuthProviderTest, Tokens) {
  const std::string fresh = Token(absl::Minutes(5));
  const std::string old = Token(absl::Seconds(5));
  const std::string later = Rfc3339(absl::Minutes(5));
  const std::string soon = Rfc3339(absl::Seconds(5));
  struct Case {
    const char* provider;
    json::Value config;
    bool valid;
  };
  for (const Case& c : {
           Case{"oidc", json::Object{{"id-token", fresh}}, true},
           Case{"oidc", json::Object{{"id-token", old}}, false},
           Case{"oidc", json::Object{{"id-token", "a.b"}}, false},
           Case{"oidc", json::Object{{"id-token", "a.!.c"}}, false},
           Case{"oidc", json::Object{}, false},
           Case{"gcp", json::Object{{"access-token", "t"}, {"expiry", later}},
                true},
           Case{"gcp", json::Object{{"access-token", "t"}, {"expiry", soon}},
                false},
           Case{"gcp", json::Object{{"access-token", "t"}}, false},
           Case{"gcp", json::Object{{"expiry", later}}, false},
           Case{"azure", json::Object{{"access-token", "t"}}, false},
       }) {
    const absl::StatusOr<std::string> token =
        AuthProviderToken(c.provider, c.config);
    EXPECT_EQ(token.ok(), c.valid) << c.provider << json::Write(c.config);
    EXPECT_NE(token.value_or("t"), "");
  }
}

TEST(AuthProviderTest, NamesTheReplacement) {
  struct Case {
    const char* provider;
    const char* advice;
  };
  for (const Case& c :
       {Case{"gcp", "gke-gcloud-auth-plugin"},
        Case{"azure", "kubelogin convert-kubeconfig"},
        Case{"oidc", "oidc-login"}, Case{"other", "use an `exec` plugin"}}) {
    const absl::Status status =
        AuthProviderToken(c.provider, json::Object{}).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_TRUE(absl::StrContains(status.message(), c.advice)) << status;
    EXPECT_TRUE(absl::StrContains(
        status.message(), absl::StrCat("auth-provider `", c.provider, "`")))
        << status;
  }
}

}  // namespace
}  // namespace ovenbird::kube
