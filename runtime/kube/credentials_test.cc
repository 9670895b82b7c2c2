#include "runtime/kube/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/wall_clock.h"

namespace ovenbird::kube {
namespace {

using ::ovenbird::testing::IsOk;

std::string TestFile(const std::string& name) {
  return absl::StrCat(::testing::TempDir(), "/", name);
}

TEST(CredentialsTest, FixedOnesStay) {
  const auto credentials = FixedCredentials({.authorization = "Bearer a"});
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer a");
  EXPECT_FALSE(credentials->Renew(*credentials->Get(nullptr)));
}

TEST(CredentialsTest, TokenFileIsReadAnewWhenTheTokenIsRefused) {
  const std::string path = TestFile("token");
  ASSERT_THAT(WriteFile(path, "one\n"), IsOk());
  const auto credentials =
      TokenFileCredentials(path, {.client_cert_pem = "cert"});
  const Credential first = *credentials->Get(nullptr);
  EXPECT_EQ(first.authorization, "Bearer one");
  EXPECT_EQ(first.client_cert_pem, "cert");
  ASSERT_THAT(WriteFile(path, "two\n"), IsOk());
  EXPECT_EQ(*credentials->Get(nullptr), first);
  EXPECT_TRUE(credentials->Renew(first));
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer two");
  // Another process has already renewed it.
  ASSERT_THAT(WriteFile(path, "three\n"), IsOk());
  EXPECT_TRUE(credentials->Renew(first));
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer two");
}

// After a suspend the file may have another token, and the old one has expired:
// the server refuses it, so the age of what was read does not have to be right.
TEST(CredentialsTest, ATokenFileAfterASuspendOrAStepBack) {
  for (const absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    const std::string path = TestFile("suspended");
    ASSERT_THAT(WriteFile(path, "one"), IsOk());
    const auto credentials = TokenFileCredentials(path, {});
    const Credential first = *credentials->Get(nullptr);
    const ::ovenbird::testing::WallClockStep clock(step);
    ASSERT_THAT(WriteFile(path, "two"), IsOk());
    EXPECT_EQ(*credentials->Get(nullptr), first);
    EXPECT_TRUE(credentials->Renew(first));
    EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer two");
  }
}

}  // namespace
}  // namespace ovenbird::kube
