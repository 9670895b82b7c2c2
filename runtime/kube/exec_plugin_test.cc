#include "runtime/kube/exec_plugin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/kube/credentials.h"
#include "runtime/kube/kubeconfig.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"
#include "tools/testing/wall_clock.h"

namespace ovenbird::kube {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WallClockStep;
using ::testing::HasSubstr;

constexpr char kV1[] = "client.authentication.k8s.io/v1";

std::string TestFile(const std::string& name) {
  return absl::StrCat(::testing::TempDir(), "/", name);
}

// A plugin that is a shell script.
ConfigExec Script(const std::string& script) {
  ConfigExec exec;
  exec.where = "config:1";
  exec.api_version = kV1;
  exec.command = "sh";
  exec.args = {"-c", script};
  return exec;
}

// A script that prints this status of an ExecCredential.
ConfigExec Printing(const std::string& status) {
  return Script(
      absl::StrCat("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"", kV1,
                   "\",\"status\":", status, "}'"));
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

TEST(ExecPluginTest, RunsOnceForAllUntilItsTokenIsRefused) {
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

TEST(ExecPluginTest, RunsAgainAfterExpiry) {
  const auto credentials = Counting("count2", "2020-01-01T00:00:00Z");
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 1");
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 2");
}

// A token expires by the wall clock, which goes on during a suspend. Where the
// clocks of this machine and of the server differ, the server decides.
TEST(ExecPluginTest, ASuspendAStepBackAndAClockThatDiffers) {
  const auto credentials =
      Counting("count4", absl::FormatTime(absl::RFC3339_sec,
                                          absl::Now() + absl::Minutes(30),
                                          absl::UTCTimeZone()));
  const Credential first = *credentials->Get(nullptr);
  EXPECT_EQ(first.authorization, "Bearer 1");
  {
    const WallClockStep back(-absl::Hours(1));
    EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 1");
    EXPECT_TRUE(credentials->Renew(first));
    EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 2");
  }
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 2");
  const WallClockStep suspend(absl::Hours(1));
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 3");
  // The plugin's own clock is behind: its tokens have expired from the start.
  // They are used all the same, each for one request.
  EXPECT_EQ(credentials->Get(nullptr)->authorization, "Bearer 4");
}

TEST(ExecPluginTest, ItsWordsAreShownWhileItRuns) {
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

TEST(ExecPluginTest, OneThatHangs) {
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
TEST(ExecPluginTest, OneThatHangsForAnother) {
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

TEST(ExecPluginTest, TokensAndCertificates) {
  const auto plugin = ExecPluginCredentials(
      Printing(R"({"token":"t","clientCertificateData":"c",)"
               R"("clientKeyData":"k"})"),
      {}, {});
  const absl::StatusOr<Credential> got = plugin->Get(nullptr);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(*got, (Credential{.authorization = "Bearer t",
                              .client_cert_pem = "c",
                              .client_key_pem = "k"}));
}

TEST(ExecPluginTest, Errors) {
  struct Case {
    ConfigExec exec;
    absl::StatusCode code;
    const char* message;  // after the plugin's name
  };
  ConfigExec missing = Script("");
  missing.command = "no-such-plugin";
  missing.install_hint = "\n brew install it \n";
  ConfigExec folder = Script("");
  folder.command = "/tmp";
  ConfigExec old_version = Script("");
  old_version.api_version = "client.authentication.k8s.io/v2";
  ConfigExec foreign = Script("");
  foreign.api_version = "v1";
  ConfigExec interactive = Script("");
  interactive.always_interactive = true;
  ConfigExec other_answer = Printing(R"({"token":"t"})");
  other_answer.api_version = "client.authentication.k8s.io/v1beta1";
  const auto kUnfit = absl::StatusCode::kFailedPrecondition;
  const auto kNoLogin = absl::StatusCode::kUnauthenticated;
  const std::vector<Case> cases = {
      {missing, kUnfit, "is not installed (or not in PATH)\nbrew install it"},
      {folder, kUnfit, "cannot be run: "},
      {old_version, kUnfit,
       "uses `client.authentication.k8s.io/v2`; supported are "
       "client.authentication.k8s.io/v1 and /v1beta1"},
      {foreign, kUnfit, "uses `v1`; supported are"},
      {interactive, kUnfit, "requires a terminal (interactiveMode: Always)"},
      {other_answer, kUnfit,
       "answers in client.authentication.k8s.io/v1, but the kubeconfig says "
       "client.authentication.k8s.io/v1beta1"},
      {Script("echo log in first >&2; exit 4"), kNoLogin,
       "failed (exit code 4):\nlog in first"},
      {Script("kill -9 $$"), kNoLogin, "failed (signal 9 (Killed))"},
      {Script("exit 1"), kNoLogin, "failed (exit code 1)"},
      {Script("echo Token: x"), kUnfit, "did not write JSON: "},
      {Script("echo '{}'"), kUnfit, "wrote JSON that is not an ExecCredential"},
      {Script("echo '[1]'"), kUnfit,
       "wrote JSON that is not an ExecCredential"},
      {Printing("{}"), kNoLogin,
       "gave neither a token nor a client certificate"},
      {Printing("null"), kNoLogin,
       "gave neither a token nor a client certificate"},
      {Printing(R"({"token":5})"), kNoLogin,
       "gave neither a token nor a client certificate"},
      {Printing(R"({"token":"t","expirationTimestamp":"soon"})"), kUnfit,
       "gave a bad expirationTimestamp, `soon`: "},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(ExecPluginCredentials(c.exec, {}, {})->Get(nullptr),
                StatusIs(c.code, HasSubstr(absl::StrCat(
                                     "config:1: the exec plugin `",
                                     c.exec.command, "` ", c.message))))
        << c.message;
  }
}

// The user may have logged in meanwhile.
TEST(ExecPluginTest, AFailureIsNotKept) {
  const std::string file = NewFolder() + "/logged-in";
  ConfigExec exec = Printing(R"({"token":"t"})");
  exec.args[1] = absl::StrCat("[ -e ", file, " ] || exit 1; ", exec.args[1]);
  const auto plugin = ExecPluginCredentials(exec, {}, {});
  EXPECT_THAT(plugin->Get(nullptr),
              StatusIs(absl::StatusCode::kUnauthenticated));
  std::ofstream(file) << "";
  EXPECT_THAT(plugin->Get(nullptr), IsOk());
}

TEST(ExecPluginTest, ACredentialIsRenewedShortlyBeforeItExpires) {
  for (const auto& [left, runs] :
       {std::pair(absl::Seconds(5), "2"), std::pair(absl::Minutes(5), "1")}) {
    const auto plugin =
        Counting(absl::StrCat("renewed", runs),
                 absl::FormatTime(absl::RFC3339_sec, absl::Now() + left,
                                  absl::UTCTimeZone()));
    EXPECT_THAT(plugin->Get(nullptr), IsOk());
    EXPECT_EQ(plugin->Get(nullptr)->authorization,
              absl::StrCat("Bearer ", runs));
  }
}

TEST(ExecPluginTest, ItsEnvironment) {
  const std::string file = NewFolder() + "/env";
  ConfigExec exec = Printing(R"({"token":"t"})");
  exec.args[1] = absl::StrCat("echo \"$A|$KUBERNETES_EXEC_INFO\" > ", file,
                              "; ", exec.args[1]);
  exec.env = {{"A", "1 2"}};
  const json::Value cluster = json::Object{{"server", "https://k"}};
  const std::string start = R"(1 2|{"kind":"ExecCredential","apiVersion":")" +
                            std::string(kV1) + R"(","spec":{)";
  for (const bool provide : {false, true}) {
    exec.provide_cluster_info = provide;
    EXPECT_THAT(ExecPluginCredentials(exec, cluster, {})->Get(nullptr), IsOk());
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    EXPECT_EQ(line,
              absl::StrCat(
                  start, provide ? R"("cluster":{"server":"https://k"},)" : "",
                  R"("interactive":false}})"));
  }
}

}  // namespace
}  // namespace ovenbird::kube
