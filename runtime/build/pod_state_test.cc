#include "runtime/build/pod_state.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::build {
namespace {

using ::testing::HasSubstr;

// A pod whose status is `status` and, where given, an event about it.
struct Case {
  const char* name;
  const char* status;
  PodStage stage;
  const char* what = "";
  const char* event = "";
};

class PodStateTest : public ::testing::TestWithParam<Case> {};

TEST_P(PodStateTest, ReadsStageAndCause) {
  absl::StatusOr<json::Value> pod = json::Parse(absl::StrCat(
      R"({"metadata":{"name":"p"},"spec":{"activeDeadlineSeconds":600,)",
      R"("containers":[{"name":"kaniko",)",
      R"("resources":{"limits":{"memory":"64Mi"}}}]},"status":)",
      GetParam().status, "}"));
  ASSERT_TRUE(pod.ok()) << pod.status();
  std::vector<json::Value> events;
  if (*GetParam().event != '\0') {
    events.push_back(*json::Parse(GetParam().event));
  }
  PodState state = ReadPodState(*pod, events);
  EXPECT_EQ(state.stage, GetParam().stage);
  EXPECT_EQ(state.failure.has_value(), *GetParam().what != '\0');
  if (state.failure) {
    std::string all = state.failure->what;
    for (const std::string& detail : state.failure->details) {
      absl::StrAppend(&all, "\n", detail);
    }
    EXPECT_THAT(all, HasSubstr(GetParam().what));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Stages, PodStateTest,
    ::testing::Values(
        Case{"New", "{}", PodStage::kPending},
        Case{"InitRuns",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "state":{"running":{"startedAt":"t"}}}],"containerStatuses":[
                 {"name":"kaniko","state":{"waiting":
                 {"reason":"PodInitializing"}}}]})",
             PodStage::kReadyForContext},
        Case{"InitRunsAndOnlyItsEventTells",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "state":{"waiting":{"reason":"PodInitializing"}}}]})",
             PodStage::kReadyForContext, "",
             R"({"reason":"Started","involvedObject":{
                 "fieldPath":"spec.initContainers{context}"}})"},
        Case{"AnotherInitContainerRuns",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "state":{"waiting":{"reason":"PodInitializing"}}}]})",
             PodStage::kPending, "",
             R"({"reason":"Started","involvedObject":{
                 "fieldPath":"spec.initContainers{mesh}"}})"},
        Case{"InitHasEndedAfterItsEvent",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "state":{"terminated":{"exitCode":0}}}]})",
             PodStage::kPending, "",
             R"({"reason":"Started","involvedObject":{
                 "fieldPath":"spec.initContainers{context}"}})"},
        Case{"KanikoRuns",
             R"({"phase":"Running","initContainerStatuses":[{"name":"context",
                 "state":{"terminated":{"exitCode":0}}}],"containerStatuses":[
                 {"name":"kaniko","state":{"running":{"startedAt":"t"}}}]})",
             PodStage::kRunning},
        Case{"Done",
             R"({"phase":"Succeeded","containerStatuses":[{"name":"kaniko",
                 "state":{"terminated":{"exitCode":0,"startedAt":"t",
                 "message":"sha256:1"}}}]})",
             PodStage::kSucceeded},
        Case{"RunFailed",
             R"({"phase":"Failed","containerStatuses":[{"name":"kaniko",
                 "state":{"terminated":{"exitCode":7,"reason":"Error"}}}]})",
             PodStage::kFailed, "exit code 7"},
        Case{"OutOfMemory",
             R"({"phase":"Failed","containerStatuses":[{"name":"kaniko",
                 "state":{"terminated":{"exitCode":137,
                 "reason":"OOMKilled"}}}]})",
             PodStage::kFailed, "limit 64Mi"},
        Case{"InitFailed",
             R"({"phase":"Failed","initContainerStatuses":[{"name":"context",
                 "state":{"terminated":{"exitCode":1,"reason":"Error"}}}]})",
             PodStage::kFailed, "container `context` ended"},
        Case{"CannotPull",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "image":"nosuch:1","state":{"waiting":{"reason":
                 "ErrImagePull","message":"not found"}}}]})",
             PodStage::kFailed, "can't pull image `nosuch:1`"},
        Case{"MayPullLater",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "image":"a:1","state":{"waiting":{"reason":
                 "ErrImagePull","message":"dial tcp: i/o timeout"}}}]})",
             PodStage::kPullFailed, "i/o timeout"},
        Case{"OldKubeletsBackOffHasItsCauseInTheEvent",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "image":"a:1","state":{"waiting":{"reason":
                 "ImagePullBackOff","message":"Back-off pulling image"}}}]})",
             PodStage::kFailed, "a:1: not found",
             R"({"reason":"Failed",
                 "message":"Failed to pull image \"a:1\": a:1: not found"})"},
        Case{"NoLoginForTheImage",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "image":"a:1","state":{"waiting":{"reason":
                 "ErrImagePull","message":"401 Unauthorized"}}}]})",
             PodStage::kFailed, "401"},
        Case{"SecretMissing", R"({"phase":"Pending"})", PodStage::kFailed,
             "secret \"x\" not found",
             R"({"reason":"FailedMount","message":"MountVolume.SetUp failed for
                 volume \"docker-config\" : secret \"x\" not found"})"},
        Case{"KeyMissing", R"({"phase":"Pending"})", PodStage::kFailed,
             "lacks a key",
             R"({"reason":"FailedMount","message":"references non-existent
                 secret key: config.json"})"},
        Case{"OtherMountTroubleIsWaitedFor", R"({"phase":"Pending"})",
             PodStage::kPending, "",
             R"({"reason":"FailedMount","message":"timed out"})"},
        Case{"NoNode",
             R"({"phase":"Pending","conditions":[{"type":"PodScheduled",
                 "status":"False","reason":"Unschedulable",
                 "message":"0/1 nodes: Insufficient cpu."}]})",
             PodStage::kUnschedulable, "Insufficient cpu"},
        Case{"Evicted",
             R"({"phase":"Failed","reason":"Evicted",
                 "message":"Usage of EmptyDir volume exceeds the limit"})",
             PodStage::kFailed, "evicted"},
        Case{"OverItsDiskLimit",
             R"({"phase":"Failed","reason":"Evicted","message":"Container
                 kaniko exceeded its local ephemeral storage limit \"10Mi\"."
                 })",
             PodStage::kFailed, "more disk than its limit"},
        Case{"TheNodeHasNoDiskLeft",
             R"({"phase":"Failed","reason":"Evicted","message":"The node was
                 low on resource: ephemeral-storage."})",
             PodStage::kFailed, "node was short of a resource"},
        Case{"KubeletHasNotReportedReadiness",
             R"({"phase":"Running","conditions":[{"type":"Ready",
                 "status":"False","reason":"ContainersNotReady"}],
                 "containerStatuses":[{"name":"kaniko",
                 "state":{"running":{"startedAt":"t"}}}]})",
             PodStage::kRunning},
        Case{"NodeLost",
             R"({"phase":"Running","conditions":[{"type":"Ready",
                 "status":"False"}],"containerStatuses":[{"name":"kaniko",
                 "state":{"running":{"startedAt":"t"}}}]})",
             PodStage::kNodeLost, "does not answer"},
        Case{"NodeLostByEvent",
             R"({"phase":"Running","conditions":[{"type":"Ready",
                 "status":"False","reason":"PodFailed"}],
                 "containerStatuses":[{"name":"kaniko",
                 "state":{"running":{"startedAt":"t"}}}]})",
             PodStage::kNodeLost, "Node is not ready: n",
             R"({"reason":"NodeNotReady","message":"Node is not ready: n"})"},
        Case{"Deadline",
             R"({"phase":"Failed","reason":"DeadlineExceeded","message":"m"})",
             PodStage::kFailed, "longer than its deadline of 600s"},
        Case{"FailedForAnUnknownReason", R"({"phase":"Failed"})",
             PodStage::kFailed, "no reason given"}),
    [](const auto& info) { return std::string(info.param.name); });

// The node may not be allowed yet to read a pull secret.
TEST(PodStateTest, ARefusedPullWithASecretMayPass) {
  json::Value pod = *json::Parse(
      R"({"spec":{"imagePullSecrets":[{"name":"login"}]},"status":{
          "initContainerStatuses":[{"name":"context","state":{"waiting":{
          "reason":"ErrImagePull","message":"401 Unauthorized"}}}]}})");
  EXPECT_EQ(ReadPodState(pod, {}).stage, PodStage::kPullFailed);
}

TEST(PodStateTest, WhoseFaultItIs) {
  struct {
    const char* status;
    FailureKind kind;
    bool log_tells_why;
    bool has_ended;
  } cases[] = {
      {R"({"containerStatuses":[{"name":"kaniko","state":{"terminated":
           {"exitCode":1,"reason":"Error"}}}]})",
       FailureKind::kBuild, true, true},
      {R"({"containerStatuses":[{"name":"kaniko","state":{"terminated":
           {"exitCode":137,"reason":"OOMKilled"}}}]})",
       FailureKind::kBuild, false, true},
      {R"({"containerStatuses":[{"name":"kaniko","state":{"terminated":
           {"exitCode":128,"reason":"StartError"}}}]})",
       FailureKind::kEnvironment, false, true},
      {R"({"reason":"DeadlineExceeded","containerStatuses":[{"name":"kaniko",
           "state":{"running":{}}}]})",
       FailureKind::kBuild, false, false},
      {R"({"reason":"DeadlineExceeded","containerStatuses":[{"name":"kaniko",
           "state":{"waiting":{}}}]})",
       FailureKind::kEnvironment, false, false},
      {R"({"initContainerStatuses":[{"name":"context","state":{"terminated":
           {"exitCode":1}}}]})",
       FailureKind::kEnvironment, false, true},
  };
  for (const auto& test : cases) {
    json::Value pod = *json::Parse(absl::StrCat(
        R"({"spec":{"containers":[{"name":"kaniko","resources":{"limits":)",
        R"({"memory":"64Mi"}}}]},"status":)", test.status, "}"));
    PodState state = ReadPodState(pod, {});
    ASSERT_TRUE(state.failure.has_value()) << test.status;
    EXPECT_EQ(state.failure->kind, test.kind) << test.status;
    EXPECT_EQ(state.log_tells_why, test.log_tells_why) << test.status;
    EXPECT_EQ(state.has_ended, test.has_ended) << test.status;
  }
}

TEST(PodStateTest, WhatTheSchedulerMisses) {
  struct {
    const char* message;
    const char* hint;
    const char* detail = "";
  } cases[] = {
      {"0/1 nodes are available: 1 Insufficient memory.",
       "lower `resources.requests`"},
      {"0/1 nodes are available: 1 node(s) had untolerated taint {a: b}.",
       "`tolerations`"},
      {"0/1 nodes are available: 1 node(s) had taint {a: b}, that the pod "
       "didn't tolerate.",
       "`tolerations`"},
      {"0/1 nodes are available: 1 node(s) didn't match Pod's node "
       "affinity/selector.",
       "`nodeSelector`", "nodeSelector: pool=nowhere"},
      {"0/1 nodes are available: 1 node(s) didn't match Pod's node affinity.",
       "`nodeSelector`", "nodeSelector: pool=nowhere"},
      {"0/1 nodes are available: 1 node(s) didn't match node selector.",
       "`nodeSelector`", "nodeSelector: pool=nowhere"},
      {"no nodes available to schedule pods", "--schedule-timeout"},
  };
  for (const auto& test : cases) {
    json::Value pod = *json::Parse(
        R"({"spec":{"nodeSelector":{"pool":"nowhere"}},"status":{"conditions":
            [{"type":"PodScheduled","status":"False","reason":"Unschedulable"}]
            }})");
    json::Value condition = pod.Get({"status", "conditions"}).items()[0];
    condition.Set("message", test.message);
    pod.Set("status",
            json::Object{{"conditions", json::Array{std::move(condition)}}});
    PodState state = ReadPodState(pod, {});
    ASSERT_EQ(state.stage, PodStage::kUnschedulable);
    EXPECT_EQ(state.failure->details[0], test.message);
    EXPECT_THAT(state.failure->hint, HasSubstr(test.hint));
    EXPECT_EQ(state.failure->details.back(),
              *test.detail == '\0' ? test.message : test.detail);
  }
}

TEST(PodStateTest, WhoDeletedThePod) {
  struct {
    const char* conditions;
    const char* event;
    const char* what;
  } cases[] = {
      {"[]", "", "someone deleted the build pod"},
      {R"([{"type":"DisruptionTarget","reason":"PreemptionByScheduler",
            "message":"m"}])",
       "", "higher priority"},
      {R"([{"type":"DisruptionTarget","reason":"EvictionByEvictionAPI"}])", "",
       "kubectl drain"},
      {"[]", R"({"reason":"TaintManagerEviction","message":"m"})",
       "tainted or is lost"},
      {"[]", R"({"reason":"Preempted","message":"by x"})", "higher priority"},
      {"[]", R"({"reason":"Killing","message":"m"})", "someone deleted"},
  };
  for (const auto& test : cases) {
    json::Value pod = *json::Parse(absl::StrCat(
        R"({"metadata":{"deletionTimestamp":"t"},"status":{"phase":"Running",)",
        R"("conditions":)", test.conditions, "}}"));
    std::vector<json::Value> events;
    if (*test.event != '\0') events.push_back(*json::Parse(test.event));
    PodState state = ReadPodState(pod, events);
    ASSERT_EQ(state.stage, PodStage::kFailed);
    EXPECT_THAT(state.failure->what, HasSubstr(test.what));
  }
}

TEST(PodStateTest, ADeletedPodIsAFailureUnlessItEndedWell) {
  json::Value pod = *json::Parse(
      R"({"metadata":{"deletionTimestamp":"t"},"status":{"phase":"Running",
          "containerStatuses":[{"state":{"running":{}}}]}})");
  EXPECT_EQ(ReadPodState(pod, {}).stage, PodStage::kFailed);
  pod = *json::Parse(
      R"({"metadata":{"deletionTimestamp":"t"},"status":{"containerStatuses":[
          {"state":{"terminated":{"exitCode":0}}}]}})");
  EXPECT_EQ(ReadPodState(pod, {}).stage, PodStage::kSucceeded);
  pod = *json::Parse(
      R"({"metadata":{"deletionTimestamp":"t"},"status":{"containerStatuses":[
          {"name":"kaniko","state":{"terminated":{"exitCode":137}}}]}})");
  EXPECT_EQ(ReadPodState(pod, {}).failure->kind, FailureKind::kEnvironment);
}

}  // namespace
}  // namespace ovenbird::build
