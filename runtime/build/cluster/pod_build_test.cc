#include "runtime/build/cluster/pod_build.h"

#include <chrono>
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
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {
namespace {

using net::testing::Conversation;
using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::Pod;
using ::ovenbird::kube::testing::QueryValue;
using ::ovenbird::kube::testing::StatusJson;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The states of a pod's containers: the status's two lists.
struct PodStep {
  const char* inits;
  const char* others;
};

// An API server that has one pod, which takes one step after the other: when
// its log is read, when something is said to the user, or when it is executed
// in.
class Cluster : public Observer {
 public:
  Cluster(std::vector<PodStep> steps, std::string log)
      : steps_(std::move(steps)),
        log_(std::move(log)),
        server_([this](auto& c) { Talk(c); }) {
    client_ = ClientOf(server_);
  }
  ~Cluster() override {
    MutexLock lock(&mutex_);
    over_ = true;
    changed_.SignalAll();
  }

  PodBuildEnd Build() {
    // A build that hangs ends as interrupted.
    Cancellation cancel;
    Cancellation done;
    std::thread limit([&] {
      if (!done.SleepFor(absl::Seconds(20))) cancel.Cancel();
    });
    PodBuildEnd end;
    {
      NamespaceWatch all(*client_, "ns", "run=1");
      PodWatch watch(all, "p", cancel);
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
                        .cancel = cancel,
                        .patience = {},
                        .name_space = "ns",
                        .pod = "p"},
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
  std::string said() {
    MutexLock lock(&mutex_);
    return absl::StrJoin(said_, "\n");
  }

 private:
  void Step(absl::string_view text) override {
    MutexLock lock(&mutex_);
    said_.emplace_back(text);
    if (absl::StrContains(text, "next attempt")) Advance();
  }
  void Log(absl::string_view) override {}
  void Warn(absl::string_view) override {}

  void Talk(Conversation& c) {
    while (const auto request = c.Next()) {
      const std::string& target = request->target;
      if (absl::StrContains(target, "/log?")) {
        Note("log", target);
        c.Reply(200, log_);
      } else if (absl::StrContains(target, "/exec?")) {
        Note("exec", target);
        c.Reply(403, StatusJson(403, "Forbidden", "no"));
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

  void Note(absl::string_view what, absl::string_view target) {
    MutexLock lock(&mutex_);
    asked_.push_back(absl::StrCat(what, " ", QueryValue(target, "container")));
    Advance();
  }

  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (step_ + 1 < steps_.size()) ++step_;
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
          return pods && created_ && told <= step_;
        };
        if (!over_ && !has_news()) {
          changed_.WaitUntil(&mutex_, std::chrono::steady_clock::now() +
                                          std::chrono::milliseconds(20));
        }
        if (over_) return;
        if (has_news()) line = Told(told++);
      }
      if (!c.Chunk(line)) return;
    }
  }

  json::Value PodAt(size_t step) const {
    json::Value pod = Pod("p", static_cast<int>(step + 1));
    json::Value status;
    status.Set("initContainerStatuses", *json::Parse(steps_[step].inits));
    status.Set("containerStatuses", *json::Parse(steps_[step].others));
    pod.Set("status", std::move(status));
    return pod;
  }

  std::string List(bool pods) {
    MutexLock lock(&mutex_);
    const bool there = pods && created_;
    json::Value list;
    list.Set("metadata", json::Object{{"resourceVersion",
                                       absl::StrCat(there ? step_ + 1 : 0)}});
    list.Set("items", there ? json::Array{PodAt(step_)} : json::Array{});
    return json::Write(list);
  }

  std::string Told(size_t step) const {
    json::Value event;
    event.Set("type", step == 0 ? "ADDED" : "MODIFIED");
    event.Set("object", PodAt(step));
    return json::Write(event) + "\n";
  }

  const std::vector<PodStep> steps_;
  const std::string log_;
  Mutex mutex_;
  CondVar changed_;
  bool created_ ABSL_GUARDED_BY(mutex_) = false;
  size_t step_ ABSL_GUARDED_BY(mutex_) = 0;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> asked_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> said_ ABSL_GUARDED_BY(mutex_);
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

}  // namespace
}  // namespace ovenbird::build
