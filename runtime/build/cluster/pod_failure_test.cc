#include "runtime/build/cluster/pod_failure.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"

namespace ovenbird::build {
namespace {

using ::testing::HasSubstr;

constexpr char kInjected[] = "Ovenbird did not create this container";

json::Value EventAbout(absl::string_view path, absl::string_view message) {
  json::Value event;
  event.Set("involvedObject", json::Object{{"fieldPath", path}});
  event.Set("message", message);
  return event;
}

TEST(PodFailureTest, APullsCauseIsThatOfItsContainer) {
  const std::vector<json::Value> events = {
      EventAbout("spec.initContainers{mesh}",
                 "Failed to pull image \"mesh:1\": manifest unknown"),
      EventAbout("spec.initContainers{context}",
                 "Failed to pull image \"c:1\": i/o timeout"),
      EventAbout("spec.containers{aaa}",
                 "Failed to pull image \"aaa:1\": 401 Unauthorized")};
  struct {
    const char* container;
    const char* detail;
    bool may_pass;
  } cases[] = {
      {"mesh", "Failed to pull image \"mesh:1\": manifest unknown", false},
      {"context", "Failed to pull image \"c:1\": i/o timeout", true},
      {"other", "said by the status", true},
  };
  for (const auto& test : cases) {
    json::Value pod = *json::Parse(absl::StrCat(
        R"({"status":{"initContainerStatuses":[{"name":")", test.container,
        R"(","state":{"waiting":{"reason":"ImagePullBackOff",)",
        R"("message":"said by the status"}}}]}})"));
    const std::optional<StartFailure> found = ExplainWait(pod, events);
    ASSERT_TRUE(found.has_value()) << test.container;
    EXPECT_THAT(found->failure.details, testing::ElementsAre(test.detail));
    EXPECT_EQ(found->may_pass, test.may_pass) << test.container;
  }
}

// Options under `kaniko` do not change an injected container.
TEST(PodFailureTest, AdviceFitsTheContainer) {
  struct {
    const char* container;
    const char* state;
    const char* hint;
  } cases[] = {
      {"context", R"("waiting":{"reason":"ErrImagePull"})",
       "`imagePullSecrets`"},
      {"kaniko", R"("waiting":{"reason":"CreateContainerConfigError"})",
       "`securityContext`"},
      {"kaniko", R"("terminated":{"exitCode":137,"reason":"OOMKilled"})",
       "`resources.limits.memory`"},
      {"mesh", R"("waiting":{"reason":"ErrImagePull"})", kInjected},
      {"mesh", R"("waiting":{"reason":"CreateContainerConfigError"})",
       kInjected},
      {"mesh", R"("terminated":{"exitCode":137,"reason":"OOMKilled"})",
       kInjected},
      {"mesh", R"("terminated":{"exitCode":128,"reason":"StartError"})",
       kInjected},
  };
  for (const auto& test : cases) {
    const json::Value pod = *json::Parse(absl::StrCat(
        R"({"status":{"initContainerStatuses":[{"name":")", test.container,
        R"(","image":"i:1","state":{)", test.state, "}}]}}"));
    const json::Value& status =
        pod.Get({"status", "initContainerStatuses"}).items()[0];
    std::optional<StartFailure> wait = ExplainWait(pod, {});
    const Failure failure =
        wait ? std::move(wait->failure) : ExplainExit(pod, status);
    EXPECT_THAT(failure.hint, HasSubstr(test.hint)) << test.state;
    EXPECT_THAT(failure.what, HasSubstr(test.container));
  }
}

// A node with the same image under two names reports either.
TEST(PodFailureTest, TheImageIsTheOneThatThePodNames) {
  for (const char* state :
       {R"("waiting":{"reason":"CrashLoopBackOff"})",
        R"("terminated":{"exitCode":3,"reason":"Error"})"}) {
    const json::Value pod = *json::Parse(absl::StrCat(
        R"({"spec":{"initContainers":[{"name":"mesh","image":"mesh:1"}]},
            "status":{"initContainerStatuses":[{"name":"mesh",
            "image":"other:2","state":{)",
        state, "}}]}}"));
    const json::Value& status =
        pod.Get({"status", "initContainerStatuses"}).items()[0];
    std::optional<StartFailure> wait = ExplainWait(pod, {});
    const Failure failure =
        wait ? std::move(wait->failure) : ExplainExit(pod, status);
    EXPECT_THAT(failure.what, HasSubstr("image `mesh:1`"));
  }
}

TEST(PodFailureTest, AnEvictionNamesTheContainerThatUsedTooMuch) {
  struct {
    const char* message;
    const char* what;
    FailureKind kind;
    bool injected;
  } cases[] = {
      {"Container kaniko exceeded its local ephemeral storage limit "
       "\\\"9Mi\\\"",
       "the build used more disk than its limit", FailureKind::kBuild, false},
      {"Pod ephemeral local storage usage exceeds the total limit",
       "the build used more disk than its limit", FailureKind::kBuild, false},
      {"Container aaa exceeded its local ephemeral storage limit \\\"9Mi\\\"",
       "container `aaa` used more disk than its limit",
       FailureKind::kEnvironment, true},
  };
  for (const auto& test : cases) {
    const json::Value pod = *json::Parse(absl::StrCat(
        R"({"status":{"reason":"Evicted","message":")", test.message, "\"}}"));
    const std::optional<Failure> failure = ExplainPodReason(pod);
    ASSERT_TRUE(failure.has_value()) << test.message;
    EXPECT_THAT(failure->what, HasSubstr(test.what));
    EXPECT_EQ(failure->kind, test.kind) << test.message;
    EXPECT_EQ(failure->hint.find(kInjected) == 0, test.injected);
  }
}

TEST(PodFailureTest, OnlyAPodThatNeverRanWasRejected) {
  struct {
    const char* status;
    bool rejected;
  } cases[] = {
      {R"("phase":"Failed","reason":"NodeAffinity")", true},
      {R"("phase":"Failed","reason":"OutOfcpu")", true},
      {R"("phase":"Failed","reason":"OutOfephemeral-storage")", true},
      {R"("phase":"Failed","reason":"UnexpectedAdmissionError",
          "containerStatuses":[{"state":{"waiting":{}}}])",
       true},
      {R"("phase":"Failed","reason":"NodeShutdown",
          "initContainerStatuses":[{"state":{"terminated":{}}}])",
       false},
      {R"("phase":"Failed","reason":"NodeAffinity",
          "containerStatuses":[{"state":{"running":{}}}])",
       false},
      {R"("phase":"Failed","reason":"Evicted")", false},
      {R"("phase":"Failed","reason":"Preempting")", false},
      {R"("phase":"Pending","reason":"NodeAffinity")", false},
      {R"("phase":"Failed")", false},
  };
  for (const auto& test : cases) {
    const json::Value pod =
        *json::Parse(absl::StrCat("{\"status\":{", test.status, "}}"));
    EXPECT_EQ(WasRejectedByNode(pod), test.rejected) << test.status;
  }
}

}  // namespace
}  // namespace ovenbird::build
