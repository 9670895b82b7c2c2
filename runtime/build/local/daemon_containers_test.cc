#include "runtime/build/local/daemon_containers.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

FoundContainer Container(const Owner& owner, bool running,
                         absl::Duration created_ago,
                         absl::Duration finished_ago) {
  FoundContainer container;
  container.running = running;
  container.created = kNow - created_ago;
  container.finished = kNow - finished_ago;
  for (const auto& [name, value] : ContainerLabels(owner, "app")) {
    container.labels[name] = value;
  }
  return container;
}

struct Case {
  const char* name;
  Owner owner;
  bool running;
  absl::Duration created_ago;
  absl::Duration finished_ago;  // infinite: never
  const char* verdict;
};

Owner By(const std::string& user, const std::string& host,
         const std::string& process) {
  return {user, host, process};
}
Owner Me() { return ThisProcess(); }

class JudgeTest : public ::testing::TestWithParam<Case> {};

TEST_P(JudgeTest, SparesWhatMayBeAtWork) {
  const Case& c = GetParam();
  const ContainerVerdict verdict = JudgeContainer(
      Container(c.owner, c.running, c.created_ago, c.finished_ago), Me(), kNow);
  EXPECT_EQ(absl::StrCat(verdict.ours ? "ours" : "theirs", ", ",
                         verdict.in_use ? "kept" : "deleted"),
            c.verdict);
  EXPECT_NE(verdict.why, "");
  EXPECT_EQ(verdict.image, "app");
}

constexpr absl::Duration kNever = absl::InfiniteDuration();

INSTANTIATE_TEST_SUITE_P(
    All, JudgeTest,
    ::testing::Values(
        Case{"Living", Me(), false, absl::Hours(9), absl::Hours(8),
             "ours, kept"},
        Case{"Killed", By(Me().user, Me().host, Me().process + "1"), true,
             absl::Minutes(1), kNever, "ours, deleted"},
        Case{"AnotherUsers", By("another", Me().host, Me().process + "1"), true,
             absl::Minutes(1), kNever, "theirs, deleted"},
        Case{"ElsewhereRunning", By(Me().user, "elsewhere", "b/1/2/3"), true,
             absl::Hours(9), kNever, "ours, kept"},
        Case{"ElsewhereJustEnded", By(Me().user, "elsewhere", "b/1/2/3"), false,
             absl::Hours(9), absl::Minutes(4), "ours, kept"},
        Case{"ElsewhereEnded", By(Me().user, "elsewhere", "b/1/2/3"), false,
             absl::Hours(9), absl::Minutes(6), "ours, deleted"},
        Case{"BeforeARestart", By(Me().user, Me().host, "b/1/2/3"), false,
             absl::Hours(9), absl::Minutes(6), "ours, deleted"},
        Case{"NeverStarted", By(Me().user, "elsewhere", "b/1/2/3"), false,
             absl::Minutes(61), kNever, "ours, deleted"},
        Case{"BeingFilled", By(Me().user, "elsewhere", "b/1/2/3"), false,
             absl::Minutes(59), kNever, "ours, kept"}),
    [](const ::testing::TestParamInfo<Case>& info) { return info.param.name; });

TEST(ContainersTest, AsTheToolsPrintThem) {
  constexpr char kText[] = R"([
    {"Id": "one", "Created": "2023-11-14T22:13:20.123456789Z",
     "State": {"Running": true, "FinishedAt": "0001-01-01T00:00:00Z"},
     "Config": {"Labels": {"app.kubernetes.io/managed-by": "ovenbird",
                           "ovenbird.dev/process": "a/b/1/2"}}},
    {"Id": "two", "Created": "2023-11-14T23:13:20+01:00",
     "State": {"Running": false, "FinishedAt": "2023-11-14T22:13:20Z"},
     "Config": {"Labels": {"app.kubernetes.io/managed-by": "ovenbird",
                           "ovenbird.dev/process": ""}}},
    {"Id": "another's", "Config": {"Labels": null}},
    {"Id": "a bare one",
     "Config": {"Labels": {"app.kubernetes.io/managed-by": "ovenbird"}}}])";
  const std::vector<FoundContainer> found = ParseContainers(kText);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].id, "one");
  EXPECT_TRUE(found[0].running);
  EXPECT_EQ(absl::ToUnixSeconds(found[0].created), 1'700'000'000);
  EXPECT_LT(found[0].finished, absl::UnixEpoch());
  EXPECT_EQ(found[1].created, kNow);
  EXPECT_EQ(found[1].finished, kNow);
  EXPECT_THAT(ParseContainers("no JSON"), SizeIs(0));
}

TEST(ContainersTest, AProgramThatIsMissing) {
  EXPECT_THAT(
      std::string(ListContainers("no-such-docker", nullptr).status().message()),
      HasSubstr("no-such-docker"));
}

}  // namespace
}  // namespace ovenbird::build
