#include "runtime/build/cluster/pod_state.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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
        Case{"New", "{}", PodStage::kUnseen,
             "no scheduler has looked at the build pod"},
        Case{"OnlyPending", R"({"phase":"Pending"})", PodStage::kUnseen,
             "no scheduler has looked at the build pod"},
        Case{"TheSchedulerFails",
             R"({"phase":"Pending","conditions":[{"type":"PodScheduled",
                 "status":"False","reason":"SchedulerError",
                 "message":"running PreFilter plugin"}]})",
             PodStage::kUnschedulable,
             "SchedulerError: running PreFilter plugin"},
        Case{"NoReasonOfTheScheduler",
             R"({"phase":"Pending","conditions":[{"type":"PodScheduled",
                 "status":"False","message":"no room"}]})",
             PodStage::kUnschedulable, "no room"},
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
             PodStage::kFailed, "exited with code 7"},
        Case{"OutOfMemory",
             R"({"phase":"Failed","containerStatuses":[{"name":"kaniko",
                 "state":{"terminated":{"exitCode":137,
                 "reason":"OOMKilled"}}}]})",
             PodStage::kFailed, "limit 64Mi"},
        Case{"InitFailed",
             R"({"phase":"Failed","initContainerStatuses":[{"name":"context",
                 "state":{"terminated":{"exitCode":1,"reason":"Error"}}}]})",
             PodStage::kFailed, "container `context` exited"},
        Case{"CannotPull",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "image":"nosuch:1","state":{"waiting":{"reason":
                 "ErrImagePull","message":"not found"}}}]})",
             PodStage::kFailed, "cannot pull image `nosuch:1`"},
        Case{"MayPullLater",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "image":"a:1","state":{"waiting":{"reason":
                 "ErrImagePull","message":"dial tcp: i/o timeout"}}}]})",
             PodStage::kStartFailed, "i/o timeout"},
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
             R"({"reason":"FailedMount","count":5,"message":
                 "MountVolume.SetUp failed for volume \"docker-config\" :
                 secret \"x\" not found"})"},
        Case{"ASecretThatMayBeNew", R"({"phase":"Pending"})",
             PodStage::kStartDelayed, "secret \"x\" not found",
             R"({"reason":"FailedMount","count":4,"message":
                 "MountVolume.SetUp failed for volume \"docker-config\" :
                 secret \"x\" not found"})"},
        Case{"KeyMissing", R"({"phase":"Pending"})", PodStage::kFailed,
             "lacks a key",
             R"({"reason":"FailedMount","count":5,"message":"references
                 non-existent secret key: config.json"})"},
        Case{"OtherMountTroubleIsWaitedFor", R"({"phase":"Pending"})",
             PodStage::kStartDelayed, "FailedMount: timed out",
             R"({"reason":"FailedMount","count":9,"message":"timed out"})"},
        Case{"NoSandbox", R"({"phase":"Pending"})", PodStage::kStartDelayed,
             "FailedCreatePodSandBox: no IP addresses",
             R"({"reason":"FailedCreatePodSandBox",
                 "message":"no IP addresses"})"},
        Case{"ASlowRuntime",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "state":{"waiting":{"reason":"CreateContainerError",
                 "message":"context deadline exceeded"}}}]})",
             PodStage::kStartDelayed, "context deadline exceeded"},
        Case{"ARuntimeThatRefuses",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "state":{"waiting":{"reason":"CreateContainerError",
                 "message":"no command specified"}}}]})",
             PodStage::kFailed, "no command specified"},
        Case{"AConfigMapOfTheEnvironmentThatMayBeNew",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "state":{"waiting":{"reason":"CreateContainerConfigError",
                 "message":"configmap \"x\" not found"}}}]})",
             PodStage::kStartFailed, "configmap"},
        Case{"AConfigurationThatStaysWrong",
             R"({"phase":"Pending","initContainerStatuses":[{"name":"context",
                 "state":{"waiting":{"reason":"CreateContainerConfigError",
                 "message":"container has runAsNonRoot"}}}]})",
             PodStage::kFailed, "runAsNonRoot"},
        Case{"NoNode",
             R"({"phase":"Pending","conditions":[{"type":"PodScheduled",
                 "status":"False","reason":"Unschedulable",
                 "message":"0/1 nodes: Insufficient cpu."}]})",
             PodStage::kUnschedulable, "Insufficient cpu"},
        Case{"NoClaim",
             R"({"phase":"Pending","conditions":[{"type":"PodScheduled",
                 "status":"False","reason":"Unschedulable","message":
                 "0/1 nodes: persistentvolumeclaim \"npm\" not found."}]})",
             PodStage::kFailed, "`npm` does not exist"},
        Case{"AClaimThatIsNotBoundYet",
             R"({"phase":"Pending","conditions":[{"type":"PodScheduled",
                 "status":"False","reason":"Unschedulable","message":
                 "pod has unbound immediate PersistentVolumeClaims"}]})",
             PodStage::kUnschedulable, "unbound"},
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
             PodStage::kFailed, "node ran low on a resource"},
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
        Case{"ADeadlineAfterASlowStart",
             R"({"phase":"Failed","reason":"DeadlineExceeded","message":"m"})",
             PodStage::kFailed, "m\nFailedAttachVolume: Multi-Attach error",
             R"({"reason":"FailedAttachVolume",
                 "message":"Multi-Attach error"})"},
        Case{"FailedForAnUnknownReason", R"({"phase":"Failed"})",
             PodStage::kFailed, "no reason given"}),
    [](const auto& info) { return std::string(info.param.name); });

// A slow runtime is no reason for another way of the context.
TEST(PodStateTest, OnlyAStartThatFailsLacksItsImage) {
  for (const char* message : {"context deadline exceeded", "no such file"}) {
    const PodState state = ReadPodState(
        *json::Parse(absl::StrCat(
            R"({"status":{"initContainerStatuses":[{"name":"context","state":{)",
            R"("waiting":{"reason":"CreateContainerError","message":")",
            message, R"("}}}]}})")),
        {});
    EXPECT_EQ(state.lacks_start, state.stage == PodStage::kFailed) << message;
  }
}

// The node may not be allowed yet to read a pull secret.
TEST(PodStateTest, ARefusedPullWithASecretMayPass) {
  json::Value pod = *json::Parse(
      R"({"spec":{"imagePullSecrets":[{"name":"login"}]},"status":{
          "initContainerStatuses":[{"name":"context","state":{"waiting":{
          "reason":"ErrImagePull","message":"401 Unauthorized"}}}]}})");
  EXPECT_EQ(ReadPodState(pod, {}).stage, PodStage::kStartFailed);
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

// Names the scheduler only if it is not the default one.
TEST(PodStateTest, WhoseSchedulerHasNotLooked) {
  struct {
    const char* spec;
    PodStage stage;
    const char* detail;
    const char* hint = "";
  } cases[] = {
      {"{}", PodStage::kUnseen, "", "its scheduler runs"},
      {R"({"schedulerName":"default-scheduler"})", PodStage::kUnseen, "",
       "its scheduler runs"},
      {R"({"schedulerName":"batch"})", PodStage::kUnseen,
       "schedulerName: batch", "fix `schedulerName`"},
      {R"({"schedulerName":"batch","nodeName":"n"})", PodStage::kPending, ""},
      {R"({"schedulerName":"batch","schedulingGates":[{"name":"a.example/x"}]})",
       PodStage::kGated, ""},
  };
  for (const auto& test : cases) {
    const PodState state = ReadPodState(
        *json::Parse(absl::StrCat(R"({"spec":)", test.spec,
                                  R"(,"status":{"phase":"Pending"}})")),
        {});
    EXPECT_EQ(state.stage, test.stage) << test.spec;
    EXPECT_EQ(state.failure.has_value(), test.stage == PodStage::kUnseen);
    if (!state.failure) continue;
    EXPECT_EQ(absl::StrJoin(state.failure->details, "\n"), test.detail);
    EXPECT_THAT(state.failure->hint, HasSubstr(test.hint)) << test.spec;
  }
  // Before the watch has delivered the pod.
  EXPECT_EQ(ReadPodState(json::Value(), {}).stage, PodStage::kPending);
}

// A gated pod waits for whoever set the gate, not for the scheduler.
TEST(PodStateTest, SchedulingGates) {
  struct {
    const char* gates;
    const char* labels;
    PodStage stage;
    const char* said;
  } cases[] = {
      {R"([{"name":"kueue.x-k8s.io/admission"}])",
       R"({"kueue.x-k8s.io/queue-name":"builds"})", PodStage::kGated,
       "waiting in queue `builds`"},
      {R"([{"name":"kueue.x-k8s.io/admission"},
           {"name":"kueue.x-k8s.io/topology"}])",
       R"({"kueue.x-k8s.io/queue-name":"builds"})", PodStage::kGated,
       "waiting in queue `builds`"},
      // Kueue may hold back pods without a queue, too.
      {R"([{"name":"kueue.x-k8s.io/admission"}])", "{}", PodStage::kGated,
       "waiting for the removal of the scheduling gate "
       "`kueue.x-k8s.io/admission`"},
      {R"([{"name":"a.example/x"},{"name":"b.example/y"}])",
       R"({"kueue.x-k8s.io/queue-name":"builds"})", PodStage::kGated,
       "waiting for the removal of the scheduling gates `a.example/x`, "
       "`b.example/y`"},
      {R"([{"name":"a.example/x"},{"name":"kueue.x-k8s.io/admission"}])",
       R"({"kueue.x-k8s.io/queue-name":"builds"})", PodStage::kGated,
       "waiting in queue `builds`, and for the removal of the scheduling gate "
       "`a.example/x`"},
  };
  for (const auto& test : cases) {
    const PodState state = ReadPodState(
        *json::Parse(absl::StrCat(
            R"({"metadata":{"labels":)", test.labels,
            R"(},"spec":{"schedulingGates":)", test.gates,
            R"(},"status":{"phase":"Pending","conditions":[{)",
            R"("type":"PodScheduled","status":"False",)",
            R"("reason":"SchedulingGated","message":"is blocked"}]}})")),
        {});
    EXPECT_EQ(state.stage, test.stage) << test.gates;
    EXPECT_EQ(state.gates, test.said) << test.gates;
    EXPECT_FALSE(state.failure) << test.gates;
  }
}

TEST(PodStateTest, WhoDeletedThePod) {
  struct {
    const char* conditions;
    const char* event;
    const char* what;
  } cases[] = {
      {"[]", "", "the build pod was deleted while it was in use"},
      {R"([{"type":"DisruptionTarget","reason":"PreemptionByScheduler",
            "message":"m"}])",
       "", "higher priority"},
      {R"([{"type":"TerminationTarget","reason":"WorkloadEvicted",
            "message":"m"}])",
       "", "Kueue"},
      {R"([{"type":"TerminationTarget","message":"m",
            "reason":"WorkloadEvictedDueToPreempted"}])",
       "", "Kueue"},
      {R"([{"type":"TerminationTarget","reason":"WorkloadDeleted"}])", "",
       "was deleted while"},
      {R"([{"type":"DisruptionTarget","reason":"EvictionByEvictionAPI"}])", "",
       "kubectl drain"},
      {"[]", R"({"reason":"TaintManagerEviction","message":"m"})",
       "tainted or lost"},
      {"[]", R"({"reason":"Preempted","message":"by x"})", "higher priority"},
      {"[]", R"({"reason":"Killing","message":"m"})", "was deleted while"},
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
    // Whoever deletes a pod by hand does not want another one.
    EXPECT_EQ(state.failure->was_disrupted,
              !absl::StrContains(state.failure->what, "was deleted while"));
  }
}

TEST(PodStateTest, ADeletedPodIsAFailureUnlessItEndedWell) {
  json::Value pod = *json::Parse(
      R"({"metadata":{"deletionTimestamp":"t"},"status":{"phase":"Running",
          "containerStatuses":[{"name":"kaniko","state":{"running":{}}}]}})");
  EXPECT_EQ(ReadPodState(pod, {}).stage, PodStage::kFailed);
  pod = *json::Parse(
      R"({"metadata":{"deletionTimestamp":"t"},"status":{"containerStatuses":[
          {"name":"kaniko","state":{"terminated":{"exitCode":0}}}]}})");
  EXPECT_EQ(ReadPodState(pod, {}).stage, PodStage::kSucceeded);
  pod = *json::Parse(
      R"({"metadata":{"deletionTimestamp":"t"},"status":{"containerStatuses":[
          {"name":"kaniko","state":{"terminated":{"exitCode":137}}}]}})");
  EXPECT_EQ(ReadPodState(pod, {}).failure->kind, FailureKind::kEnvironment);
}

// A pod to which admission webhooks have added an init container and a native
// sidecar before ours, and containers whose names sort before and after ours.
// The states of the containers, in this order: waits, cannot pull its image,
// runs, exited with 0, exited with 3, is restarted again and again.
struct InjectedCase {
  const char* name;
  struct {
    const char* mesh_init = "waits";
    const char* mesh = "waits";
    const char* context = "waits";
  } inits;
  struct {
    const char* aaa = "waits";
    const char* kaniko = "waits";
    const char* zzz = "waits";
  } others;
  PodStage stage;
  const char* what = "";
  bool has_ended = false;
};

json::Value StatusOf(absl::string_view name, absl::string_view state) {
  const std::pair<absl::string_view, absl::string_view> states[] = {
      {"waits", R"({"waiting":{"reason":"PodInitializing"}})"},
      {"no image",
       R"({"waiting":{"reason":"ImagePullBackOff","message":"not found"}})"},
      {"no registry",
       R"({"waiting":{"reason":"ErrImagePull","message":"i/o timeout"}})"},
      {"crashes", R"({"waiting":{"reason":"CrashLoopBackOff"}})"},
      {"runs", R"({"running":{"startedAt":"t"}})"},
      {"0", R"({"terminated":{"exitCode":0,"message":"sha256:1"}})"},
      {"3", R"({"terminated":{"exitCode":3,"reason":"Error"}})"},
  };
  json::Value status;
  status.Set("name", name);
  status.Set("image", absl::StrCat("of-", name, ":1"));
  for (const auto& [key, text] : states) {
    if (key == state) status.Set("state", *json::Parse(text));
  }
  return status;
}

json::Value InjectedPod(const InjectedCase& test) {
  json::Value pod = *json::Parse(R"({"spec":{
      "initContainers":[{"name":"mesh-init"},
                        {"name":"mesh","restartPolicy":"Always"},
                        {"name":"context"}],
      "containers":[{"name":"aaa"},{"name":"kaniko"},{"name":"zzz"}]}})");
  json::Value status;
  status.Set("initContainerStatuses",
             json::Array{StatusOf("mesh-init", test.inits.mesh_init),
                         StatusOf("mesh", test.inits.mesh),
                         StatusOf("context", test.inits.context)});
  status.Set("containerStatuses",
             json::Array{StatusOf("aaa", test.others.aaa),
                         StatusOf("kaniko", test.others.kaniko),
                         StatusOf("zzz", test.others.zzz)});
  pod.Set("status", std::move(status));
  return pod;
}

class InjectedContainersTest : public ::testing::TestWithParam<InjectedCase> {};

TEST_P(InjectedContainersTest, StageIsThatOfOurContainers) {
  const InjectedCase& test = GetParam();
  const PodState state = ReadPodState(InjectedPod(test), {});
  EXPECT_EQ(state.stage, test.stage);
  EXPECT_EQ(state.failure ? state.failure->what : "", test.what);
  EXPECT_EQ(state.has_ended, test.has_ended);
  EXPECT_EQ(state.termination_message,
            state.stage == PodStage::kSucceeded ? "sha256:1" : "");
}

INSTANTIATE_TEST_SUITE_P(
    Stages, InjectedContainersTest,
    ::testing::Values(
        InjectedCase{"Waiting", {}, {}, PodStage::kPending},
        InjectedCase{
            "FirstInitContainerRuns", {"runs"}, {}, PodStage::kPending},
        InjectedCase{"FirstInitContainerHasNoImage",
                     {"no image"},
                     {},
                     PodStage::kFailed,
                     "the node cannot pull image `of-mesh-init:1` (container "
                     "`mesh-init`, ImagePullBackOff)"},
        InjectedCase{"FirstInitContainerHasNoImageYet",
                     {"no registry"},
                     {},
                     PodStage::kStartFailed,
                     "the node cannot pull image `of-mesh-init:1` (container "
                     "`mesh-init`, ErrImagePull)"},
        InjectedCase{"FirstInitContainerFails",
                     {"3"},
                     {},
                     PodStage::kFailed,
                     "container `mesh-init` of image `of-mesh-init:1` exited "
                     "with code 3 (Error)",
                     true},
        InjectedCase{
            "NativeSidecarRuns", {"0", "runs"}, {}, PodStage::kPending},
        InjectedCase{"NativeSidecarHasNoImage",
                     {"0", "no image"},
                     {},
                     PodStage::kFailed,
                     "the node cannot pull image `of-mesh:1` (container "
                     "`mesh`, ImagePullBackOff)"},
        InjectedCase{"NativeSidecarExits", {"0", "3"}, {}, PodStage::kPending},
        InjectedCase{"NativeSidecarIsRestarted",
                     {"0", "crashes"},
                     {},
                     PodStage::kStartFailed,
                     "the container keeps exiting: image `of-mesh:1` "
                     "(container `mesh`, CrashLoopBackOff)"},
        InjectedCase{"OurInitContainerRuns",
                     {"0", "runs", "runs"},
                     {},
                     PodStage::kReadyForContext},
        InjectedCase{"OurInitContainerRunsAndTheSidecarIsRestarted",
                     {"0", "crashes", "runs"},
                     {},
                     PodStage::kReadyForContext},
        InjectedCase{"OurInitContainerFails",
                     {"0", "3", "3"},
                     {},
                     PodStage::kFailed,
                     "container `context` exited with code 3",
                     true},
        InjectedCase{"OurInitContainerHasNoImage",
                     {"0", "crashes", "no image"},
                     {},
                     PodStage::kFailed,
                     "the node cannot pull image `of-context:1` (container "
                     "`context`, ImagePullBackOff)"},
        InjectedCase{"OthersRun",
                     {"0", "runs", "0"},
                     {"runs", "waits", "runs"},
                     PodStage::kPending},
        InjectedCase{"OthersHaveNoImage",
                     {"0", "runs", "0"},
                     {"no image", "waits", "no image"},
                     PodStage::kStartFailed,
                     "the node cannot pull image `of-aaa:1` (container `aaa`, "
                     "ImagePullBackOff)"},
        InjectedCase{"KanikoHasNoImageEither",
                     {"0", "runs", "0"},
                     {"no image", "no image", "no image"},
                     PodStage::kFailed,
                     "the node cannot pull image `of-kaniko:1` (container "
                     "`kaniko`, ImagePullBackOff)"},
        InjectedCase{"AllRun",
                     {"0", "runs", "0"},
                     {"runs", "runs", "runs"},
                     PodStage::kRunning},
        InjectedCase{"KanikoRunsAndTheOthersDoNot",
                     {"0", "crashes", "0"},
                     {"no image", "runs", "3"},
                     PodStage::kRunning},
        InjectedCase{"KanikoHasSucceededAndTheOthersRun",
                     {"0", "0", "0"},
                     {"runs", "0", "runs"},
                     PodStage::kSucceeded},
        InjectedCase{"KanikoHasSucceededAndTheNativeSidecarRuns",
                     {"0", "runs", "0"},
                     {"0", "0", "0"},
                     PodStage::kSucceeded},
        InjectedCase{"KanikoHasSucceededAndAnotherHasFailed",
                     {"0", "3", "0"},
                     {"3", "0", "3"},
                     PodStage::kSucceeded,
                     "",
                     true},
        InjectedCase{"KanikoHasFailedAndTheOthersRun",
                     {"0", "runs", "0"},
                     {"runs", "3", "runs"},
                     PodStage::kFailed,
                     "kaniko exited with code 3"},
        InjectedCase{"KanikoHasFailedAndTheOthersHaveNot",
                     {"0", "0", "0"},
                     {"0", "3", "0"},
                     PodStage::kFailed,
                     "kaniko exited with code 3",
                     true}),
    [](const auto& info) { return std::string(info.param.name); });

// A sidecar that runs on until the pod's deadline, or until its node needs the
// room, takes nothing from an image that is pushed.
TEST(PodStateTest, WhatEndsThePodAfterKanikoIsNoFailure) {
  for (const char* reason : {"DeadlineExceeded", "Evicted", "NodeLost"}) {
    json::Value pod = *json::Parse(absl::StrCat(
        R"({"status":{"phase":"Failed","reason":")", reason,
        R"(","containerStatuses":[{"name":"aaa","state":{"terminated":
            {"exitCode":137}}},{"name":"kaniko","state":{"terminated":
            {"exitCode":0,"message":"sha256:1"}}}]}})"));
    const PodState state = ReadPodState(pod, {});
    EXPECT_EQ(state.stage, PodStage::kSucceeded) << reason;
    EXPECT_EQ(state.termination_message, "sha256:1");
  }
}

// Whose deadline it was does not depend on where kaniko's status is.
TEST(PodStateTest, TheDeadlineIsTheBuildsOnlyOnceKanikoRuns) {
  for (const bool runs : {false, true}) {
    json::Value pod = *json::Parse(absl::StrCat(
        R"({"status":{"reason":"DeadlineExceeded","containerStatuses":[
            {"name":"aaa","state":{"running":{}}},{"name":"kaniko","state":{")",
        runs ? "running" : "waiting", R"(":{}}}]}})"));
    EXPECT_EQ(ReadPodState(pod, {}).failure->kind,
              runs ? FailureKind::kBuild : FailureKind::kEnvironment);
  }
}

}  // namespace
}  // namespace ovenbird::build
