#include "runtime/build/cluster/pod_build.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/build/cluster/namespace_watch.h"
#include "runtime/build/cluster/pod_watch.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/context_receiver.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {
namespace {

using net::testing::Conversation;
using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::Pod;
using ::ovenbird::kube::testing::QueryValue;
using ::ovenbird::kube::testing::Reception;
using ::ovenbird::kube::testing::StatusJson;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The states of a pod's containers: the status's two lists.
struct PodStep {
  const char* inits;  // null: the pod is deleted
  const char* others;
  // What leads to the next step: a part of what is said to the user or of
  // asked(). Null: an exec or a log, or the words "next attempt".
  const char* until = nullptr;
  const char* conditions = "[]";
  const char* gates = "[]";
  const char* events = "[]";  // about the pod, that come with this step
};

using Answer = std::function<void(Conversation&, const net::Request&)>;

Answer Refuses(int code, const char* reason, const char* message) {
  return [=](Conversation& c, const net::Request&) {
    c.Reply(code, StatusJson(code, reason, message));
  };
}

Answer Receives(Reception reception) {
  return [=](Conversation& c, const net::Request& request) {
    kube::testing::ReceiveContext(c, request, reception);
  };
}

// What a cluster does in addition to its steps.
struct ClusterScript {
  std::string log;
  // To one exec after the other; the last one to all others.
  std::vector<Answer> execs = {Refuses(403, "Forbidden", "no")};
  // Instead of the log.
  Answer log_answer;
  // Instead of the watch of the pods.
  Answer watch_answer;
  // The build is interrupted when this happens; see PodStep::until.
  std::string interrupt;
  // The user has no right to read events.
  bool hides_events = false;
  // The pod mounts its context.
  bool mounts_context = false;
  PodPatience patience = {.resend = absl::Milliseconds(1),
                          .last_words = absl::Milliseconds(100)};
};

// An API server that has one pod, which takes one step after the other.
class Cluster : public Observer {
 public:
  Cluster(std::vector<PodStep> steps, std::string log)
      : Cluster(std::move(steps), ClusterScript{.log = std::move(log)}) {}
  Cluster(std::vector<PodStep> steps, ClusterScript script)
      : steps_(std::move(steps)),
        script_(std::move(script)),
        server_([this](auto& c) { Talk(c); }) {
    client_ = ClientOf(server_, {.retry_for = absl::Milliseconds(20)});
  }
  ~Cluster() override {
    MutexLock lock(&mutex_);
    over_ = true;
    changed_.SignalAll();
  }

  PodBuildEnd Build() {
    // A build that hangs ends as interrupted.
    Cancellation done;
    std::thread limit([&] {
      if (!done.SleepFor(absl::Seconds(20))) {
        ADD_FAILURE() << "the build hangs";
        cancel_.Cancel();
      }
    });
    PodBuildEnd end;
    {
      NamespaceWatch all(*client_, "ns", "run=1");
      PodWatch watch(all, "p", cancel_);
      {
        MutexLock lock(&mutex_);
        created_ = true;
      }
      watch.NoteCreated();
      plan::ImagePlan plan;
      plan.sends_everything = true;
      end = BuildInPod({.client = *client_,
                        .plan = plan,
                        .observer = *this,
                        .cancel = cancel_,
                        .patience = script_.patience,
                        .name_space = "ns",
                        .pod = "p",
                        .has_context_image = script_.mounts_context,
                        .mounts_context = script_.mounts_context},
                       watch);
      MutexLock lock(&mutex_);
      over_ = true;
      changed_.SignalAll();
    }
    done.Cancel();
    limit.join();
    return end;
  }

  // "log kaniko", "exec context": what was asked for of which container.
  std::vector<std::string> asked() {
    MutexLock lock(&mutex_);
    return asked_;
  }
  // How often `text` is in asked().
  size_t Count(absl::string_view text) {
    MutexLock lock(&mutex_);
    return static_cast<size_t>(std::count(asked_.begin(), asked_.end(), text));
  }
  std::string said() {
    MutexLock lock(&mutex_);
    return absl::StrJoin(said_, "\n");
  }
  std::vector<std::string> warnings() {
    MutexLock lock(&mutex_);
    return warnings_;
  }
  std::vector<std::string> phases() {
    MutexLock lock(&mutex_);
    return phases_;
  }
  absl::Duration longest_ago() {
    MutexLock lock(&mutex_);
    return longest_ago_;
  }

 private:
  void Step(absl::string_view text) override {
    {
      MutexLock lock(&mutex_);
      said_.emplace_back(text);
    }
    Happened(text);
  }
  void Log(absl::string_view) override {}
  void Enter(const Phase& phase) override {
    MutexLock lock(&mutex_);
    phases_.push_back(Label(phase));
    longest_ago_ = std::max(longest_ago_, phase.ago);
  }
  void Warn(absl::string_view text) override {
    MutexLock lock(&mutex_);
    warnings_.emplace_back(text);
  }

  void Talk(Conversation& c) {
    while (const auto request = c.Next()) {
      const std::string& target = request->target;
      if (absl::StrContains(target, "/log?")) {
        Note("log", target);
        if (script_.log_answer) {
          script_.log_answer(c, *request);
        } else {
          // A log that ends before its container is asked for again later.
          WaitForWatch();
          c.Reply(200, script_.log);
        }
      } else if (absl::StrContains(target, "/exec?")) {
        const size_t number = Note("exec", target);
        script_.execs[std::min(number, script_.execs.size()) - 1](c, *request);
        Happened("end of exec");
        return;
      } else if (script_.hides_events && absl::StrContains(target, "/events")) {
        c.Reply(403, StatusJson(403, "Forbidden", "no"));
      } else if (script_.watch_answer && absl::StrContains(target, "/pods")) {
        script_.watch_answer(c, *request);
      } else if (QueryValue(target, "watch").empty()) {
        c.Reply(200, List(absl::StrContains(target, "/pods")));
      } else {
        c.StartChunks(200);
        Follow(c, absl::StrContains(target, "/pods"),
               QueryValue(target, "resourceVersion"));
        c.Chunk("");
      }
    }
  }

  // Returns how many requests of this kind there have been.
  size_t Note(absl::string_view what, absl::string_view target) {
    const std::string text =
        absl::StrCat(what, " ", QueryValue(target, "container"));
    size_t number;
    {
      MutexLock lock(&mutex_);
      asked_.push_back(text);
      number =
          static_cast<size_t>(std::count(asked_.begin(), asked_.end(), text));
    }
    Happened(text);
    return number;
  }

  // Until the watch has the pod's last step.
  void WaitForWatch() {
    const auto limit =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    MutexLock lock(&mutex_);
    while (told_ <= step_ && !over_ && changed_.WaitUntil(&mutex_, limit)) {
    }
  }

  void Happened(absl::string_view what) {
    if (!script_.interrupt.empty() &&
        absl::StrContains(what, script_.interrupt)) {
      cancel_.Cancel();
    }
    MutexLock lock(&mutex_);
    const char* until = steps_[step_].until;
    const bool next = until == nullptr
                          ? absl::StartsWith(what, "log ") ||
                                absl::StartsWith(what, "exec ") ||
                                absl::StrContains(what, "next attempt")
                          : absl::StrContains(what, until);
    if (next && step_ + 1 < steps_.size()) ++step_;
    changed_.SignalAll();
  }

  // The pod's version is the number of its step, from 1.
  void Follow(Conversation& c, bool pods, const std::string& version) {
    size_t told = 0;
    if (!absl::SimpleAtoi(version, &told)) ADD_FAILURE() << version;
    while (true) {
      std::string line =
          "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{}}}\n";
      {
        MutexLock lock(&mutex_);
        const auto has_news = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
          return created_ && told <= step_;
        };
        if (!over_ && !has_news()) {
          changed_.WaitUntil(&mutex_, std::chrono::steady_clock::now() +
                                          std::chrono::milliseconds(20));
        }
        if (over_) return;
        if (has_news()) {
          const std::string news = pods ? Told(told) : EventsOf(told);
          if (!news.empty()) line = news;
          ++told;
        }
      }
      if (!c.Chunk(line)) return;
      if (!pods) continue;
      MutexLock lock(&mutex_);
      told_ = told;
      changed_.SignalAll();
    }
  }

  json::Value PodAt(size_t step) const {
    json::Value pod = Pod("p", static_cast<int>(step + 1));
    if (steps_[step].inits == nullptr) return pod;
    json::Value status;
    status.Set("initContainerStatuses", *json::Parse(steps_[step].inits));
    status.Set("containerStatuses", *json::Parse(steps_[step].others));
    status.Set("conditions", *json::Parse(steps_[step].conditions));
    pod.Set("status", std::move(status));
    pod.Set("spec", json::Object{
                        {"schedulingGates", *json::Parse(steps_[step].gates)}});
    json::Value metadata = pod["metadata"];
    metadata.Set("labels",
                 json::Object{{"kueue.x-k8s.io/queue-name", "builds"}});
    pod.Set("metadata", std::move(metadata));
    return pod;
  }

  std::string List(bool pods) {
    MutexLock lock(&mutex_);
    const bool there = pods && created_ && steps_[step_].inits != nullptr;
    json::Value list;
    list.Set("metadata", json::Object{{"resourceVersion",
                                       absl::StrCat(there ? step_ + 1 : 0)}});
    list.Set("items", there ? json::Array{PodAt(step_)} : json::Array{});
    return json::Write(list);
  }

  std::string Told(size_t step) const {
    json::Value event;
    const bool deleted = steps_[step].inits == nullptr;
    event.Set("type", deleted ? "DELETED" : step == 0 ? "ADDED" : "MODIFIED");
    event.Set("object", PodAt(step));
    return json::Write(event) + "\n";
  }

  std::string EventsOf(size_t step) const {
    const json::Value events = *json::Parse(steps_[step].events);
    std::string lines;
    for (size_t i = 0; i < events.items().size(); ++i) {
      json::Value event = events.items()[i];
      const std::string name = absl::StrCat("event-", step, "-", i);
      event.Set("metadata", Pod(name, static_cast<int>(step + 1))["metadata"]);
      event.Set("involvedObject", json::Object{{"name", "p"}});
      json::Value told;
      told.Set("type", "ADDED");
      told.Set("object", std::move(event));
      absl::StrAppend(&lines, json::Write(told), "\n");
    }
    return lines;
  }

  const std::vector<PodStep> steps_;
  const ClusterScript script_;
  Cancellation cancel_;
  Mutex mutex_;
  CondVar changed_;
  bool created_ ABSL_GUARDED_BY(mutex_) = false;
  size_t step_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t told_ ABSL_GUARDED_BY(mutex_) = 0;  // steps, to the last watch
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> asked_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> said_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> warnings_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> phases_ ABSL_GUARDED_BY(mutex_);
  absl::Duration longest_ago_ ABSL_GUARDED_BY(mutex_);
  net::testing::Server server_;
  std::unique_ptr<kube::Client> client_;
};

constexpr char kInitsDone[] = R"([
    {"name":"mesh-init","state":{"terminated":{"exitCode":0}}},
    {"name":"context","state":{"terminated":{"exitCode":0}}}])";
constexpr char kAllRun[] = R"([
    {"name":"aaa","state":{"running":{}}},
    {"name":"kaniko","state":{"running":{}}},
    {"name":"zzz","state":{"running":{}}}])";

constexpr char kKanikoDone[] = R"([{"name":"kaniko","state":{"terminated":
    {"exitCode":0,"startedAt":"t","message":"sha256:1"}}}])";
constexpr char kKueueGate[] = R"([{"name":"kueue.x-k8s.io/admission"}])";

// No patience ends the wait for a gate.
TEST(PodBuildTest, AQueueIsWaitedFor) {
  Cluster cluster(
      {{"[]", "[]", "waiting in queue `builds`", "[]",
        R"([{"name":"kueue.x-k8s.io/admission"},{"name":"a.example/b"}])"},
       {"[]", "[]", "scheduling gate `a.example/b`", "[]",
        R"([{"name":"a.example/b"}])"},
       {kInitsDone, kKanikoDone}},
      ClusterScript{.patience = {.unschedulable = absl::ZeroDuration(),
                                 .start = absl::ZeroDuration()}});
  const PodBuildEnd end = cluster.Build();
  EXPECT_FALSE(end.outcome.failure) << end.outcome.failure->what;
  EXPECT_THAT(cluster.said(), HasSubstr("waiting in queue `builds`, and"));
  EXPECT_THAT(cluster.said(), HasSubstr("waiting for the removal of"));
}

TEST(PodBuildTest, TheWaitForAQueueCanBeInterrupted) {
  Cluster cluster({{"[]", "[]", "never", "[]", kKueueGate}},
                  ClusterScript{.interrupt = "waiting in queue"});
  const PodBuildEnd end = cluster.Build();
  ASSERT_TRUE(end.outcome.failure);
  EXPECT_EQ(end.outcome.failure->kind, FailureKind::kInterrupted);
}

TEST(PodBuildTest, ABuildEndsWithKanikoThoughOthersRunOn) {
  Cluster cluster({{kInitsDone, kAllRun}, {kInitsDone, R"([
                        {"name":"aaa","state":{"running":{}}},
                        {"name":"kaniko","state":{"terminated":{"exitCode":0,
                         "startedAt":"t","message":"sha256:1111111111111111111111111111111111111111111111111111111111111111"}}},
                        {"name":"zzz","state":{"running":{}}}])"}},
                  "2024-01-01T00:00:00.1Z building\n");
  const PodBuildEnd end = cluster.Build();
  ASSERT_FALSE(end.outcome.failure.has_value()) << end.outcome.failure->what;
  EXPECT_EQ(end.outcome.digest,
            "sha256:"
            "1111111111111111111111111111111111111111111111111111111111111111");
  EXPECT_FALSE(end.pod_has_ended);
  EXPECT_THAT(cluster.asked(), testing::Each("log kaniko"));
  EXPECT_FALSE(cluster.asked().empty());
}

TEST(PodBuildTest, AFailureOfKanikosIsSeenThoughOthersRunOn) {
  Cluster cluster({{kInitsDone, kAllRun}, {kInitsDone, R"([
                        {"name":"aaa","state":{"running":{}}},
                        {"name":"kaniko","state":{"terminated":{"exitCode":3,
                         "startedAt":"t","reason":"Error"}}},
                        {"name":"zzz","state":{"running":{}}}])"}},
                  "2024-01-01T00:00:00.1Z no such file\n");
  const PodBuildEnd end = cluster.Build();
  ASSERT_TRUE(end.outcome.failure.has_value());
  EXPECT_EQ(end.outcome.failure->kind, FailureKind::kBuild);
  EXPECT_THAT(end.outcome.failure->details, ElementsAre("no such file"));
  EXPECT_FALSE(end.pod_has_ended);
}

// As with a container runtime that does not know image volumes.
TEST(PodBuildTest, AnEmptyVolumeIsNoFailureOfTheBuild) {
  const std::vector<PodStep> steps = {{"[]", kAllRun}, {"[]", R"([
           {"name":"kaniko","state":{"terminated":{"exitCode":1,
            "startedAt":"t","reason":"Error"}}}])"}};
  const std::string log =
      "2024-01-01T00:00:00.1Z Error: error resolving dockerfile path: please "
      "provide a valid path to a Dockerfile within the build context with "
      "--dockerfile\n";
  Cluster cluster(steps, ClusterScript{.log = log, .mounts_context = true});
  const PodBuildEnd end = cluster.Build();
  EXPECT_TRUE(end.lacks_context_image);
  ASSERT_TRUE(end.outcome.failure.has_value());
  EXPECT_THAT(end.outcome.failure->details, ElementsAre("the volume is empty"));
  // Without such a volume it is kaniko's failure.
  Cluster sent(steps, ClusterScript{.log = log});
  EXPECT_FALSE(sent.Build().lacks_context_image);
  // Other failures are those of the build.
  Cluster other(steps, ClusterScript{.log = "2024-01-01T00:00:00.1Z no\n",
                                     .mounts_context = true});
  EXPECT_FALSE(other.Build().lacks_context_image);
}

// A container that is added before ours is waited for, with its name, and is
// not sent the context.
TEST(PodBuildTest, TheContextIsForOurInitContainer) {
  constexpr char kWaits[] = R"([
      {"name":"aaa","state":{"waiting":{"reason":"PodInitializing"}}},
      {"name":"kaniko","state":{"waiting":{"reason":"PodInitializing"}}}])";
  Cluster cluster(
      {{R"([{"name":"mesh-init","image":"mesh:1","state":{"waiting":
             {"reason":"ErrImagePull","message":"i/o timeout"}}},
            {"name":"context","state":{"waiting":{}}}])",
        kWaits},
       {R"([{"name":"mesh-init","state":{"terminated":{"exitCode":0}}},
            {"name":"context","state":{"running":{}}}])",
        kWaits}},
      "");
  const PodBuildEnd end = cluster.Build();
  ASSERT_TRUE(end.outcome.failure.has_value());
  EXPECT_THAT(cluster.said(),
              HasSubstr("waiting for the node's next attempt: the node cannot "
                        "pull image `mesh:1` (container `mesh-init`"));
  EXPECT_THAT(cluster.asked(), ElementsAre("exec context"));
}

TEST(PodBuildTest, AnotherInitContainersFailureIsItsOwn) {
  Cluster cluster({{R"([{"name":"mesh-init","image":"mesh:1","state":{
                         "terminated":{"exitCode":3,"reason":"Error",
                         "message":"iptables: denied"}}},
                        {"name":"context","state":{"waiting":{}}}])",
                    "[]"}},
                  "");
  const PodBuildEnd end = cluster.Build();
  ASSERT_TRUE(end.outcome.failure.has_value());
  EXPECT_EQ(end.outcome.failure->kind, FailureKind::kEnvironment);
  EXPECT_EQ(end.outcome.failure->what,
            "container `mesh-init` of image `mesh:1` exited with code 3 "
            "(Error)");
  EXPECT_THAT(end.outcome.failure->details, ElementsAre("iptables: denied"));
  EXPECT_TRUE(end.pod_has_ended);
  EXPECT_THAT(cluster.asked(), ElementsAre());
}

constexpr char kCreating[] =
    R"([{"name":"context","state":{"waiting":{"reason":"PodInitializing"}}}])";
constexpr char kReady[] = R"([{"name":"context","state":{"running":{}}}])";
constexpr char kContextDone[] =
    R"([{"name":"context","state":{"terminated":{"exitCode":0}}}])";
constexpr char kWaiting[] = R"([{"name":"kaniko","state":{"waiting":{}}}])";
constexpr char kRunning[] = R"([{"name":"kaniko","state":{"running":{}}}])";
constexpr char kDone[] = R"([{"name":"kaniko","state":{"terminated":
    {"exitCode":0,"startedAt":"t"}}}])";

// From the context's arrival to kaniko's end; `received` leads to the second
// step.
std::vector<PodStep> GoodSteps(const char* received) {
  return {{kReady, kWaiting, received},
          {kContextDone, kRunning, "log kaniko"},
          {kContextDone, kDone}};
}

TEST(PodBuildTest, TheContextIsSentAgain) {
  struct Case {
    const char* name;
    std::vector<Answer> execs;
    size_t attempts;
    const char* warning;  // of each further attempt; null: none
  };
  const Answer good = Receives(Reception::kComplete);
  for (const Case& c : std::vector<Case>{
           {"complete", {good}, 1, nullptr},
           {"killed by its own end",
            {Receives(Reception::kKilled)},
            1,
            nullptr},
           {"cut once",
            {Receives(Reception::kCut), good},
            2,
            "sending the context again: "},
           {"cut twice",
            {Receives(Reception::kCut), Receives(Reception::kCut), good},
            3,
            "sending the context again: "},
           {"other bytes",
            {Receives(Reception::kOtherDigest), good},
            2,
            "sending the context again: "},
           {"no kubelet",
            {Refuses(500, "InternalError", "dial tcp 10.0.0.1:10250: refused"),
             good},
            2,
            "waiting for the node: "},
           {"new kubelet",
            {Refuses(404, "NotFound", "pod does not exist"), good},
            2,
            "waiting for the node: "},
       }) {
    Cluster cluster(GoodSteps("the context has arrived"),
                    ClusterScript{.execs = c.execs});
    const PodBuildEnd end = cluster.Build();
    EXPECT_FALSE(end.outcome.failure.has_value())
        << c.name << ": " << end.outcome.failure->what;
    EXPECT_TRUE(end.pod_has_ended) << c.name;
    EXPECT_EQ(cluster.Count("exec context"), c.attempts) << c.name;
    if (c.warning == nullptr) {
      EXPECT_THAT(cluster.warnings(), IsEmpty()) << c.name;
    } else {
      EXPECT_THAT(cluster.warnings(), testing::Each(HasSubstr(c.warning)))
          << c.name;
      EXPECT_FALSE(cluster.warnings().empty()) << c.name;
    }
  }
}

TEST(PodBuildTest, EachPhaseIsReported) {
  Cluster cluster(
      GoodSteps("the context has arrived"),
      ClusterScript{.log = "2024-01-01T00:00:00.1Z INFO[0000] RUN make\n"
                           "2024-01-01T00:00:00.2Z INFO[0000] Pushing image "
                           "to r.io/app\n",
                    .execs = {Receives(Reception::kComplete)}});
  EXPECT_FALSE(cluster.Build().outcome.failure.has_value());
  // The container's start, and the first line of its log.
  EXPECT_THAT(cluster.phases(),
              ElementsAre("schedule p", "upload", "start p", "FROM", "FROM",
                          "RUN make", "push r.io/app"));
}

// kaniko cannot have started before: the node's clock is another one.
TEST(PodBuildTest, ALineBeforeTheEndOfTheUploadIsNotOld) {
  std::atomic<int64_t> written = 0;
  const Answer slow = [&](Conversation& c, const net::Request& request) {
    written = absl::ToUnixMillis(absl::Now());
    absl::SleepFor(absl::Milliseconds(200));
    kube::testing::ReceiveContext(c, request, Reception::kComplete);
  };
  const Answer log = [&](Conversation& c, const net::Request&) {
    c.Reply(200, absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ INFO[0000] RUN make\n",
                                  absl::FromUnixMillis(written),
                                  absl::UTCTimeZone()));
  };
  Cluster cluster(GoodSteps("the context has arrived"),
                  ClusterScript{.execs = {slow}, .log_answer = log});
  EXPECT_FALSE(cluster.Build().outcome.failure.has_value());
  EXPECT_THAT(cluster.phases(), testing::Contains("RUN make"));
  EXPECT_EQ(cluster.longest_ago(), absl::ZeroDuration());
}

// A second context would reach nobody.
TEST(PodBuildTest, OnlyTheLastWordOfTheConnectionIsLost) {
  Cluster cluster(GoodSteps("end of exec"),
                  ClusterScript{.execs = {Receives(Reception::kCutAtTheEnd)},
                                .patience = {.resend = absl::Seconds(10)}});
  const PodBuildEnd end = cluster.Build();
  EXPECT_FALSE(end.outcome.failure.has_value()) << end.outcome.failure->what;
  EXPECT_EQ(cluster.Count("exec context"), 1u);
}

TEST(PodBuildTest, TheContextCannotBeSent) {
  struct Case {
    const char* name;
    std::vector<Answer> execs;
    size_t attempts;
    const char* what;
  };
  for (const Case& c : std::vector<Case>{
           {"cut", {Receives(Reception::kCut)}, 3, "cannot send the context: "},
           {"other bytes",
            {Receives(Reception::kOtherDigest)},
            3,
            "cannot send the context: "},
           {"cannot unpack",
            {Receives(Reception::kCannotUnpack)},
            1,
            "could not unpack the context (exit code 2): tar: write error"},
           {"forbidden",
            {Refuses(403, "Forbidden", "cannot create resource \"pods/exec\"")},
            1,
            "cannot send the context: you are not allowed to `create` "
            "`pods/exec` in namespace `ns`"},
           {"no kubelet",
            {Refuses(500, "InternalError", "dial tcp 10.0.0.1:10250: refused")},
            1,
            "cannot send the context: "},
       }) {
    ClusterScript script = {.execs = c.execs};
    script.patience.kubelet_away = absl::ZeroDuration();
    Cluster cluster({{kReady, kWaiting, "never"}}, std::move(script));
    const PodBuildEnd end = cluster.Build();
    ASSERT_TRUE(end.outcome.failure.has_value()) << c.name;
    EXPECT_THAT(end.outcome.failure->what, HasSubstr(c.what)) << c.name;
    EXPECT_EQ(end.outcome.failure->kind, FailureKind::kEnvironment) << c.name;
    EXPECT_EQ(cluster.asked().size(), c.attempts) << c.name;
    EXPECT_FALSE(end.pod_has_ended) << c.name;
  }
}

// The connection breaks because the pod ends, which explains more.
TEST(PodBuildTest, ThePodsLastWordsExplainABrokenConnection) {
  struct Case {
    const char* name;
    PodStep last;
    const char* what;
  };
  for (const Case& c : std::vector<Case>{
           {"out of memory",
            {R"([{"name":"context","image":"busybox","state":{"terminated":
                 {"exitCode":137,"reason":"OOMKilled"}}}])",
             kWaiting},
            "memory"},
           {"deleted", {nullptr, nullptr}, "deleted by another user"},
       }) {
    ClusterScript script = {.execs = {Receives(Reception::kCut)}};
    script.patience.last_words = absl::Seconds(10);
    script.patience.resend = absl::Seconds(10);
    Cluster cluster({{kReady, kWaiting, "end of exec"}, c.last},
                    std::move(script));
    const PodBuildEnd end = cluster.Build();
    ASSERT_TRUE(end.outcome.failure.has_value()) << c.name;
    EXPECT_THAT(end.outcome.failure->what, HasSubstr(c.what)) << c.name;
    EXPECT_THAT(cluster.asked(), ElementsAre("exec context")) << c.name;
    EXPECT_TRUE(end.pod_has_ended) << c.name;
  }
}

TEST(PodBuildTest, TroubleThatLasts) {
  struct Case {
    const char* name;
    PodStep step;
    const char* said;
    const char* what;
  };
  for (const Case& c : std::vector<Case>{
           {"no node",
            {"[]", "[]", "never",
             R"([{"type":"PodScheduled","status":"False",
                  "reason":"Unschedulable","message":"0/3 nodes fit"}])"},
            "waiting for a node: 0/3 nodes fit",
            "the build pod cannot be scheduled"},
           {"no scheduler",
            {"[]", "[]", "never"},
            "waiting for a node: no scheduler has looked at the build pod",
            "no scheduler has looked at the build pod"},
           {"a scheduler that fails",
            {"[]", "[]", "never",
             R"([{"type":"PodScheduled","status":"False",
                  "reason":"SchedulerError","message":"no storage class"}])"},
            "waiting for a node: SchedulerError: no storage class",
            "the build pod cannot be scheduled"},
           {"no image",
            {R"([{"name":"context","image":"busybox","state":{"waiting":
                 {"reason":"ErrImagePull","message":"i/o timeout"}}}])",
             kWaiting, "never"},
            "waiting for the node's next attempt: ",
            "the node cannot pull image `busybox`"},
           {"no sandbox",
            {kCreating, kWaiting, "never", "[]", "[]",
             R"([{"reason":"FailedCreatePodSandBox","message":"no IP"}])"},
            "waiting for the node's next attempt: the node cannot start the "
            "build pod: FailedCreatePodSandBox: no IP",
            "the node cannot start the build pod"},
           {"no volume",
            {kCreating, kWaiting, "never", "[]", "[]",
             R"([{"reason":"FailedAttachVolume","message":"Multi-Attach"}])"},
            "cannot be attached: FailedAttachVolume: Multi-Attach",
            "a volume of the build pod cannot be attached"},
           {"no secret",
            {kCreating, kWaiting, "never", "[]", "[]",
             R"([{"reason":"FailedMount","count":1,
                  "message":"secret \"a\" not found"},
                 {"reason":"FailedMount","count":5,
                  "message":"secret \"a\" not found"}])"},
            "",
            "a Secret or ConfigMap that the build pod mounts does not exist"},
           {"lost node",
            {kContextDone, kRunning, "never",
             R"([{"type":"Ready","status":"False"}])"},
            "waiting for the node to come back: ",
            "of the build pod does not answer"},
       }) {
    ClusterScript script;
    script.patience.unschedulable = absl::Milliseconds(5);
    script.patience.unseen = absl::ZeroDuration();
    script.patience.start = absl::Milliseconds(5);
    script.patience.node_lost = absl::Milliseconds(5);
    if (*c.said != '\0') script.patience.slow_start = absl::Milliseconds(5);
    Cluster cluster({c.step}, std::move(script));
    const PodBuildEnd end = cluster.Build();
    ASSERT_TRUE(end.outcome.failure.has_value()) << c.name;
    EXPECT_THAT(end.outcome.failure->what, HasSubstr(c.what)) << c.name;
    EXPECT_EQ(end.outcome.failure->kind, FailureKind::kEnvironment) << c.name;
    EXPECT_THAT(cluster.said(), HasSubstr(c.said)) << c.name;
    EXPECT_FALSE(end.pod_has_ended) << c.name;
  }
}

// Sandboxes have ids, and all attempts fail with the same words.
TEST(PodBuildTest, EachProblemOfASlowStartIsSaidOnce) {
  std::vector<PodStep> steps = GoodSteps("the context has arrived");
  steps.insert(steps.begin(),
               {{kCreating, kWaiting, "FailedCreatePodSandBox", "[]", "[]",
                 R"([{"reason":"FailedCreatePodSandBox",
             "message":"sandbox \"1a2b\": no IP"}])"},
                {kCreating, kWaiting, "NetworkNotReady", "[]", "[]",
                 R"([{"reason":"FailedCreatePodSandBox",
             "message":"sandbox \"3c4d\": no IP"},
            {"reason":"NetworkNotReady","message":"cni is not ready"}])"}});
  Cluster cluster(std::move(steps),
                  ClusterScript{.execs = {Receives(Reception::kComplete)}});
  const PodBuildEnd end = cluster.Build();
  EXPECT_FALSE(end.outcome.failure.has_value()) << end.outcome.failure->what;
  const std::string said = cluster.said();
  const size_t first = said.find("FailedCreatePodSandBox");
  ASSERT_NE(first, said.npos) << said;
  EXPECT_EQ(said.find("FailedCreatePodSandBox", first + 1), said.npos) << said;
}

TEST(PodBuildTest, AStartThatNothingExplainsIsSaidOnce) {
  std::vector<PodStep> steps = GoodSteps("the context has arrived");
  steps.insert(steps.begin(), {kCreating, kWaiting, "not allowed to read"});
  ClusterScript script{.execs = {Receives(Reception::kComplete)},
                       .hides_events = true};
  // Until then the API server has refused the events.
  script.patience.unexplained = absl::Milliseconds(200);
  Cluster cluster(std::move(steps), std::move(script));
  const PodBuildEnd end = cluster.Build();
  EXPECT_FALSE(end.outcome.failure.has_value()) << end.outcome.failure->what;
  const std::string said = cluster.said();
  const size_t first = said.find("not allowed to read");
  ASSERT_NE(first, said.npos) << said;
  EXPECT_EQ(said.find("not allowed to read", first + 1), said.npos) << said;
}

// Each pod is without a node for a moment, which is not said.
TEST(PodBuildTest, ABusySchedulerIsNoTrouble) {
  ClusterScript script = {.execs = {Receives(Reception::kComplete)}};
  // Without patience for a node, a scheduler has time to look all the same.
  script.patience.unschedulable = absl::ZeroDuration();
  script.patience.unseen = absl::Seconds(10);
  std::vector<PodStep> steps = GoodSteps("the context has arrived");
  steps.insert(steps.begin(), {"[]", "[]", "pod p in namespace ns"});
  Cluster cluster(std::move(steps), std::move(script));
  EXPECT_FALSE(cluster.Build().outcome.failure.has_value());
  EXPECT_THAT(cluster.said(), testing::Not(HasSubstr("no scheduler")));
}

TEST(PodBuildTest, DeletedByOthers) {
  struct Case {
    const char* name;
    PodStep before;
  };
  for (const Case& c : std::vector<Case>{
           {"pending", {"[]", "[]", "pod p in namespace ns"}},
           {"no node",
            {"[]", "[]", "waiting for a node",
             R"([{"type":"PodScheduled","status":"False",
                  "reason":"Unschedulable","message":"0/3 nodes fit"}])"}},
           {"runs", {kContextDone, kRunning, "log kaniko"}},
       }) {
    Cluster cluster({c.before, {nullptr, nullptr}}, ClusterScript{});
    const PodBuildEnd end = cluster.Build();
    ASSERT_TRUE(end.outcome.failure.has_value()) << c.name;
    EXPECT_EQ(end.outcome.failure->what,
              "the build pod was deleted by another user or program")
        << c.name;
    EXPECT_TRUE(end.pod_has_ended) << c.name;
  }
}

TEST(PodBuildTest, ThePodCannotBeWatched) {
  Cluster cluster(
      {{"[]", "[]"}},
      ClusterScript{.watch_answer = Refuses(
                        403, "Forbidden", "cannot list resource \"pods\" in")});
  const PodBuildEnd end = cluster.Build();
  ASSERT_TRUE(end.outcome.failure.has_value());
  EXPECT_THAT(end.outcome.failure->what,
              HasSubstr("cannot watch the build pod: you are not allowed to "
                        "`list` `pods` in namespace `ns`"));
}

// The kubelet keeps the last lines of a container that fails.
TEST(PodBuildTest, WithoutALogTheTerminationMessageExplains) {
  Cluster cluster({{kContextDone, R"([{"name":"kaniko","state":{"terminated":
                        {"exitCode":1,"startedAt":"t","reason":"Error",
                         "message":"step one\nerror: no such file\n"}}}])"}},
                  ClusterScript{.log_answer = Refuses(403, "Forbidden",
                                                      "cannot get pods/log")});
  const PodBuildEnd end = cluster.Build();
  ASSERT_TRUE(end.outcome.failure.has_value());
  EXPECT_EQ(end.outcome.failure->kind, FailureKind::kBuild);
  EXPECT_THAT(end.outcome.failure->details,
              testing::Contains(HasSubstr("no such file")));
  EXPECT_THAT(cluster.warnings(),
              ElementsAre(HasSubstr("the log is not complete: ")));
}

TEST(PodBuildTest, InterruptedInEachPhase) {
  const std::vector<PodStep> no_node = {
      {"[]", "[]", "never",
       R"([{"type":"PodScheduled","status":"False",
            "reason":"Unschedulable","message":"0/3 nodes fit"}])"}};
  struct Case {
    const char* phase;
    std::vector<PodStep> steps;
    std::vector<Answer> execs;
  };
  const Answer good = Receives(Reception::kComplete);
  for (const Case& c : std::vector<Case>{
           {"pod p in namespace ns", {{"[]", "[]", "never"}}, {good}},
           {"waiting for a node", no_node, {good}},
           {"sending the context: ", GoodSteps("end of exec"), {good}},
           {"exec context", GoodSteps("end of exec"), {good}},
           // While it waits to send it again.
           {"end of exec",
            {{kReady, kWaiting, "never"}},
            {Receives(Reception::kCut)}},
           {"the context has arrived", GoodSteps("end of exec"), {good}},
           {"kaniko runs", GoodSteps("end of exec"), {good}},
           {"log kaniko", GoodSteps("end of exec"), {good}},
       }) {
    ClusterScript script = {.execs = c.execs, .interrupt = c.phase};
    script.patience.resend = absl::Seconds(10);
    Cluster cluster(c.steps, std::move(script));
    const PodBuildEnd end = cluster.Build();
    ASSERT_TRUE(end.outcome.failure.has_value()) << c.phase;
    EXPECT_EQ(end.outcome.failure->kind, FailureKind::kInterrupted)
        << c.phase << ": " << end.outcome.failure->what;
    EXPECT_THAT(cluster.warnings(),
                testing::Each(HasSubstr("sending the context again")))
        << c.phase;
  }
}

}  // namespace
}  // namespace ovenbird::build
