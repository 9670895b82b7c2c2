#include "runtime/doctor/server.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::doctor {
namespace {

using ::testing::HasSubstr;

kube::ServerInfo InfoOf(const char* version) {
  kube::ServerInfo info;
  info.version.Set("gitVersion", version);
  return info;
}

TEST(ServerTest, Versions) {
  struct {
    const char* version;
    int minor;
    State state;
    const char* text;
  } cases[] = {
      {"v1.37.1", 37, State::kOk, "Kubernetes v1.37.1"},
      {"v1.20.2", 20, State::kOk, "Kubernetes v1.20.2"},
      {"v1.27.3-eks-a5565ad", 27, State::kOk, "Kubernetes v1.27.3-eks-a5565ad"},
      {"v1.38.0", 38, State::kOk,
       "Kubernetes v1.38.0; 1.20 to 1.37 are tested"},
      {"v1.19.16", 19, State::kWarning,
       "Kubernetes v1.19.16; 1.20 to 1.37 are tested"},
      {"", -1, State::kWarning,
       "answers without a version of Kubernetes; 1.20 to 1.37 are tested"},
      {"v2.1", -1, State::kWarning,
       "answers without a version of Kubernetes; 1.20 to 1.37 are tested"},
  };
  for (const auto& test : cases) {
    const kube::ServerInfo info = InfoOf(test.version);
    EXPECT_EQ(MinorVersion(info), test.minor) << test.version;
    const Finding finding = CheckServer(info);
    EXPECT_EQ(finding.state, test.state) << test.version;
    EXPECT_EQ(finding.text, test.text);
  }
}

TEST(ServerTest, AServerThatDoesNotAnswerHasANextStep) {
  struct {
    absl::Status status;
    const char* next;
  } cases[] = {
      {absl::UnauthenticatedError("x"), "log in again"},
      {absl::FailedPreconditionError("x"), "`certificate-authority`"},
      {absl::UnavailableError("x"), "the network"},
  };
  for (const auto& test : cases) {
    const Finding finding = CheckServer(test.status);
    EXPECT_EQ(finding.state, State::kError);
    EXPECT_EQ(finding.text, "x");
    EXPECT_THAT(finding.next, HasSubstr(test.next));
  }
}

TEST(ServerTest, Kubeconfig) {
  kube::ClusterAccess access;
  access.description = "context `c`";
  EXPECT_EQ(CheckKubeconfig(access).state, State::kOk);
  EXPECT_EQ(CheckKubeconfig(access).text, "context `c`");
  const Finding finding = CheckKubeconfig(absl::NotFoundError("no file"));
  EXPECT_EQ(finding.state, State::kError);
  EXPECT_EQ(finding.text, "no file");
}

TEST(ServerTest, Clock) {
  const absl::Time now = absl::FromUnixSeconds(1000000);
  kube::ServerInfo info;
  EXPECT_EQ(CheckClock(info, now, now).state, State::kOk);
  struct {
    absl::Duration server;  // after the request was sent
    State state;
    const char* text;
  } cases[] = {
      {absl::ZeroDuration(), State::kOk, "agrees"},
      {absl::Seconds(-1), State::kOk, "agrees"},
      // The answer took 5 s.
      {absl::Seconds(65), State::kOk, "agrees"},
      {absl::Seconds(66), State::kWarning, "this machine is 1m1s behind the"},
      {absl::Seconds(-61), State::kOk, "agrees"},
      {absl::Seconds(-62), State::kWarning,
       "this machine is 1m1s ahead of the"},
      {absl::Hours(1), State::kWarning, "this machine is 59m55s behind the"},
  };
  for (const auto& test : cases) {
    info.time = now + test.server;
    const Finding finding = CheckClock(info, now, now + absl::Seconds(5));
    EXPECT_EQ(finding.state, test.state) << test.server;
    EXPECT_THAT(finding.text, HasSubstr(test.text));
  }
}

}  // namespace
}  // namespace ovenbird::doctor
