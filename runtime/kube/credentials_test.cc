#include "runtime/kube/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/file.h"
#include "runtime/base/mutex.h"
#include "runtime/kube/exec_plugin.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::kube {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

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

// A plugin that counts its runs in a file and gives the count as the token.
std::shared_ptr<Credentials> Counting(const std::string& name,
                                      const std::string& expires,
                                      ExecPluginOptions options = {}) {
  const std::string path = TestFile(name);
  std::filesystem::remove(path);
  ConfigExec exec;
  exec.where = "config:1";
  exec.api_version = "client.authentication.k8s.io/v1";
  exec.command = "sh";
  exec.args = {
      "-c", absl::StrCat("echo x >> ", path, "; echo run $(wc -l < ", path,
                         ") >&2; printf '{\"kind\":\"ExecCredential\",",
                         "\"apiVersion\":\"client.authentication.k8s.io/v1\",",
                         "\"status\":{\"token\":\"%s\",",
                         "\"expirationTimestamp\":\"", expires,
                         "\"}}' $(wc -l < ", path, ")")};
  return ExecPluginCredentials(exec, {}, std::move(options));
}

TEST(CredentialsTest, PluginRunsOnceForAllUntilItsTokenIsRefused) {
  const auto credentials = Counting("count1", "2199-01-01T00:00:00Z");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 1");
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Credential first = *credentials->Get(nullptr);
  EXPECT_TRUE(credentials->Renew(first));
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 2");
  EXPECT_TRUE(credentials->Renew(first));
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 2");
}

TEST(CredentialsTest, PluginRunsAgainAfterExpiry) {
  const auto credentials = Counting("count2", "2020-01-01T00:00:00Z");
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 1");
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 2");
}

TEST(CredentialsTest, PluginsWordsAreShownAtOnce) {
  std::string said;
  ExecPluginOptions options;
  options.on_message = [&](absl::string_view text) {
    absl::StrAppend(&said, text);
  };
  const auto credentials =
      Counting("count3", "2199-01-01T00:00:00Z", std::move(options));
  EXPECT_THAT(credentials->Get(nullptr), IsOk());
  EXPECT_EQ(said, "run 1\n");
}

TEST(CredentialsTest, PluginThatHangs) {
  ConfigExec exec;
  exec.where = "config:1";
  exec.api_version = "client.authentication.k8s.io/v1";
  exec.command = "sleep";
  exec.args = {"1000"};
  ExecPluginOptions options;
  options.timeout = absl::Milliseconds(1);
  EXPECT_THAT(ExecPluginCredentials(exec, {}, options)->Get(nullptr),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       HasSubstr("gave no credentials within 1ms")));
  options.timeout = absl::InfiniteDuration();
  Cancellation cancel;
  std::thread canceller([&] { cancel.Cancel(); });
  EXPECT_THAT(ExecPluginCredentials(exec, {}, options)->Get(&cancel),
              StatusIs(absl::StatusCode::kCancelled));
  canceller.join();
}

// Ctrl-C ends those who wait for another one's run of the plugin, too.
TEST(CredentialsTest, PluginThatHangsForAnother) {
  ConfigExec exec;
  exec.where = "config:1";
  exec.api_version = "client.authentication.k8s.io/v1";
  exec.command = "sh";
  exec.args = {"-c", "echo running >&2; exec sleep 1000"};
  Event running;
  ExecPluginOptions options;
  options.on_message = [&](absl::string_view) { running.Notify(); };
  const auto credentials = ExecPluginCredentials(exec, {}, options);
  Cancellation first;
  std::thread other([&] {
    EXPECT_THAT(credentials->Get(&first),
                StatusIs(absl::StatusCode::kCancelled));
  });
  running.Wait();
  Cancellation second;
  std::thread canceller([&] { second.Cancel(); });
  EXPECT_THAT(credentials->Get(&second),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(first.cancelled());
  canceller.join();
  first.Cancel();
  other.join();
}

}  // namespace
}  // namespace ovenbird::kube
