#include "runtime/build/cluster/pod_start.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

json::Value EventOf(const char* reason, const char* message, int count = 1) {
  json::Value event;
  event.Set("reason", reason);
  event.Set("message", message);
  event.Set("count", count);
  return event;
}

constexpr char kNoSecret[] =
    "MountVolume.SetUp failed for volume \"a\" : secret \"x\" not found";
constexpr char kNoKey[] = "references non-existent secret key: k";
constexpr char kNoRoot[] =
    "MountVolume.SetUp failed for volume \"kube-api-access-x\" : configmap "
    "\"kube-root-ca.crt\" not found";

TEST(PodStartTest, AnObjectIsMissingOnceSeveralMountsHaveFailed) {
  struct {
    std::vector<json::Value> events;
    const char* what;  // empty: nothing is missing for good
  } cases[] = {
      {{}, ""},
      {{EventOf("FailedMount", kNoSecret)}, ""},
      {{EventOf("FailedMount", kNoSecret, 4)}, ""},
      {{EventOf("FailedMount", kNoSecret, 5)}, "does not exist"},
      {{EventOf("FailedMount", kNoKey, 2)}, ""},
      {{EventOf("FailedMount", kNoKey, 7)}, "lacks a key"},
      // Another volume has other trouble.
      {{EventOf("FailedMount", kNoSecret, 5),
        EventOf("FailedMount", "timed out", 9)},
       "does not exist"},
      // The cluster makes it.
      {{EventOf("FailedMount", kNoRoot, 50)}, ""},
      {{EventOf("FailedMount", "object \"ns\"/\"x\" not registered", 9)}, ""},
      // The start went on.
      {{EventOf("FailedMount", kNoSecret, 5), EventOf("Pulling", "image")}, ""},
      {{EventOf("FailedMount", kNoSecret, 5), EventOf("Pulled", "image")}, ""},
      {{EventOf("Failed", kNoSecret, 5)}, ""},
  };
  for (const auto& test : cases) {
    const std::optional<Failure> failure = ExplainMissingVolume(test.events);
    EXPECT_EQ(failure.has_value(), *test.what != '\0');
    if (!failure) continue;
    EXPECT_THAT(failure->what, HasSubstr(test.what));
  }
}

TEST(PodStartTest, TheLastProblemIsExplained) {
  struct {
    std::vector<json::Value> events;
    const char* detail;  // empty: the start goes on
    const char* what = "";
  } cases[] = {
      {{}, ""},
      {{EventOf("Scheduled", "assigned")}, ""},
      {{EventOf("FailedCreatePodSandBox", "no IP")},
       "FailedCreatePodSandBox: no IP",
       "the node cannot start the build pod"},
      {{EventOf("FailedAttachVolume", "Multi-Attach")},
       "FailedAttachVolume: Multi-Attach",
       "cannot be attached"},
      {{EventOf("FailedMount", kNoRoot)},
       "FailedMount: MountVolume.SetUp failed for volume "
       "\"kube-api-access-x\" : configmap \"kube-root-ca.crt\" not found",
       "cannot be mounted"},
      {{EventOf("FailedMapVolume", "no device")},
       "FailedMapVolume: no device",
       "cannot be mounted"},
      {{EventOf("NetworkNotReady", "cni")},
       "NetworkNotReady: cni",
       "the node cannot start"},
      {{EventOf("FailedCreatePodContainer", "cgroup")},
       "FailedCreatePodContainer: cgroup",
       "the node cannot start"},
      {{EventOf("FailedPrepareDynamicResources", "no gpu")},
       "FailedPrepareDynamicResources: no gpu",
       "the node cannot start"},
      {{EventOf("FailedMount", "a"),
        EventOf("FailedCreatePodSandBox",
                "(combined from similar events): no IP")},
       "FailedCreatePodSandBox: no IP"},
      // Some things are said otherwise, or are no problem.
      {{EventOf("FailedScheduling", "0/1 nodes")}, ""},
      {{EventOf("Failed", "Error: ErrImagePull")}, ""},
      {{EventOf("BackOff", "Back-off pulling image")}, ""},
      {{EventOf("DNSConfigForming", "Nameserver limits")}, ""},
      {{EventOf("FailedToRetrieveImagePullSecret", "not found")}, ""},
      // What has passed.
      {{EventOf("FailedMount", "a"), EventOf("Pulling", "image")}, ""},
      {{EventOf("FailedAttachVolume", "a"),
        EventOf("SuccessfulAttachVolume", "b")},
       ""},
      {{EventOf("Started", "mesh"), EventOf("FailedCreatePodSandBox", "a")},
       "FailedCreatePodSandBox: a"},
  };
  for (const auto& test : cases) {
    const std::optional<Failure> failure = ExplainSlowStart(test.events);
    ASSERT_EQ(failure.has_value(), *test.detail != '\0') << test.detail;
    if (!failure) continue;
    EXPECT_THAT(failure->details, ElementsAre(test.detail));
    EXPECT_THAT(failure->what, HasSubstr(test.what));
    EXPECT_EQ(failure->kind, FailureKind::kEnvironment);
    EXPECT_FALSE(failure->hint.empty());
  }
}

TEST(PodStartTest, ASlowRuntimeIsNoRefusal) {
  struct {
    const char* reason;
    const char* message;
    bool slow;
  } cases[] = {
      {"CreateContainerError", "context deadline exceeded", true},
      {"CreateContainerError",
       "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
       true},
      {"CreateContainerError",
       "failed to reserve container name \"kaniko_a\": name \"kaniko_a\" is "
       "reserved for \"0123\"",
       true},
      {"CreateContainerError",
       "Kubelet may be retrying requests that are timing out in CRI-O due to "
       "system load. Current stage: container storage creation",
       true},
      {"RunContainerError",
       "rpc error: code = Unavailable desc = connection error", true},
      {"CreateContainerError", "no command specified", false},
      {"CreateContainerConfigError", "context deadline exceeded", false},
      {"RunContainerError", "exec: \"/x\": no such file or directory", false},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(IsRuntimeSlow(test.reason, test.message), test.slow)
        << test.message;
  }
}

TEST(PodStartTest, IdsAreLeftOut) {
  struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"", ""},
      {"no IP", "no IP"},
      {"sandbox \"3f0a\": no IP", "sandbox \"\": no IP"},
      {"dial 10.0.0.1:80", "dial ...:"},
      {"a1b c", " c"},
      {"after 2m1s", "after "},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(WithoutIds(test.text), test.want);
  }
}

}  // namespace
}  // namespace ovenbird::build
