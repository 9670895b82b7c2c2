#include "runtime/build/cluster/kubernetes_engine.h"

#include <chrono>
#include <memory>
#include <string>
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
#include "runtime/build/cluster/inventory.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/config/config.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/plan/image_plan.h"
#include "runtime/plan/section.h"

namespace ovenbird::build {
namespace {

using net::testing::Conversation;
using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::QueryValue;
using ::ovenbird::kube::testing::StatusJson;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kRejected[] = R"({"phase":"Failed","reason":"NodeAffinity",
    "message":"Pod was rejected: Predicate NodeAffinity failed"})";
constexpr char kBuilt[] = R"({"containerStatuses":[{"name":"kaniko","state":{
    "terminated":{"exitCode":0,"message":"sha256:)"
                          "1111111111111111111111111111111111111111111111111"
                          R"(111111111111111"}}}]})";

// An API server that gives each pod that is created the next of `statuses`. A
// real kubelet rejects a pod only in the moments after a change of its node,
// which no test can hold.
class Cluster : public Observer {
 public:
  explicit Cluster(std::vector<std::string> statuses)
      : statuses_(std::move(statuses)), server_([this](auto& c) { Talk(c); }) {}
  ~Cluster() override { End(); }

  Outcome Build() {
    config::Kaniko kaniko;
    kaniko.namespace_ = "ns";
    plan::ImagePlan plan;
    plan.kaniko = plan::Section<config::Kaniko>(&kaniko);
    plan.spec.key = "app";
    plan.spec.kaniko = &kaniko;
    plan.spec.image = "r/app";
    plan.spec.tags = {"t"};
    KubernetesEngineOptions options;
    options.patience.rejected = absl::Milliseconds(1);
    Inventory inventory;
    KubernetesEngine engine(ClientOf(server_), inventory, options);
    Outcome outcome = engine.Build(plan, *this, cancel_);
    EXPECT_EQ(inventory.Describe(), "");
    End();
    return outcome;
  }

  // "POST pods", "DELETE pods": what was asked for, without reading.
  std::vector<std::string> changes() {
    MutexLock lock(&mutex_);
    return changes_;
  }
  std::string said() {
    MutexLock lock(&mutex_);
    return absl::StrJoin(said_, "\n");
  }
  void CancelOn(std::string text) { cancel_on_ = std::move(text); }

 private:
  void Step(absl::string_view text) override {
    MutexLock lock(&mutex_);
    said_.emplace_back(text);
    if (!cancel_on_.empty() && absl::StrContains(text, cancel_on_)) {
      cancel_.Cancel();
    }
  }
  void Log(absl::string_view) override {}
  void Warn(absl::string_view) override {}

  void End() {
    MutexLock lock(&mutex_);
    over_ = true;
    changed_.SignalAll();
  }

  void Talk(Conversation& c) {
    while (const auto request = c.Next()) {
      const bool pods = absl::StrContains(request->target, "/pods");
      if (request->method == "POST" && pods) {
        c.Reply(201, json::Write(Create(*json::Parse(request->body))));
      } else if (request->method == "DELETE") {
        c.Reply(200, Delete());
      } else if (request->method != "GET" || !pods) {
        c.Reply(403, StatusJson(403, "Forbidden", "no"));
      } else if (absl::StrContains(request->target, "/log?")) {
        c.Reply(200, "");
      } else if (QueryValue(request->target, "watch").empty()) {
        c.Reply(200, List());
      } else {
        c.StartChunks(200);
        Follow(c, QueryValue(request->target, "resourceVersion"));
        c.Chunk("");
      }
    }
  }

  json::Value Create(json::Value pod) {
    MutexLock lock(&mutex_);
    changes_.push_back("POST pods");
    const std::string name(pod.Get({"metadata", "name"}).string_or());
    pod = kube::testing::Pod(name, static_cast<int>(events_.size() + 1));
    pod.Set("status", *json::Parse(statuses_[pods_.size()]));
    pods_.push_back(pod);
    events_.emplace_back("ADDED", pod);
    changed_.SignalAll();
    return pod;
  }

  std::string Delete() {
    MutexLock lock(&mutex_);
    changes_.push_back("DELETE pods");
    events_.emplace_back("DELETED", pods_.back());
    changed_.SignalAll();
    return json::Write(pods_.back());
  }

  // The version of a list is the number of events before it.
  std::string List() {
    MutexLock lock(&mutex_);
    const bool there = !events_.empty() && events_.back().first == "ADDED";
    json::Value list;
    list.Set("metadata",
             json::Object{{"resourceVersion", absl::StrCat(events_.size())}});
    list.Set("items", there ? json::Array{pods_.back()} : json::Array{});
    return json::Write(list);
  }

  void Follow(Conversation& c, const std::string& version) {
    size_t told = 0;
    if (!absl::SimpleAtoi(version, &told)) ADD_FAILURE() << version;
    while (true) {
      std::string line =
          "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{}}}\n";
      {
        MutexLock lock(&mutex_);
        if (!over_ && told == events_.size()) {
          changed_.WaitUntil(&mutex_, std::chrono::steady_clock::now() +
                                          std::chrono::milliseconds(20));
        }
        if (over_) return;
        if (told < events_.size()) {
          json::Value event;
          event.Set("type", events_[told].first);
          event.Set("object", events_[told].second);
          line = json::Write(event) + "\n";
          ++told;
        }
      }
      if (!c.Chunk(line)) return;
    }
  }

  const std::vector<std::string> statuses_;
  std::string cancel_on_;
  Cancellation cancel_;
  Mutex mutex_;
  CondVar changed_;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<json::Value> pods_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, json::Value>> events_
      ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> changes_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> said_ ABSL_GUARDED_BY(mutex_);
  net::testing::Server server_;
};

TEST(KubernetesEngineTest, ARejectedPodIsFollowedByAnother) {
  Cluster cluster({kRejected, kBuilt});
  const Outcome outcome = cluster.Build();
  ASSERT_FALSE(outcome.failure.has_value()) << outcome.failure->what;
  EXPECT_THAT(outcome.digest, HasSubstr("sha256:1111"));
  EXPECT_THAT(cluster.changes(), ElementsAre("POST pods", "DELETE pods",
                                             "POST pods", "DELETE pods"));
  EXPECT_THAT(cluster.said(),
              HasSubstr("trying again in a new pod: the node rejected"));
}

TEST(KubernetesEngineTest, TheThirdRejectionIsTheLast) {
  Cluster cluster({kRejected, kRejected, kRejected});
  const Outcome outcome = cluster.Build();
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, FailureKind::kEnvironment);
  EXPECT_THAT(outcome.failure->what, HasSubstr("(NodeAffinity)"));
  EXPECT_THAT(cluster.changes(), SizeIs(6));
}

TEST(KubernetesEngineTest, ACancelledBuildCreatesNoOtherPod) {
  Cluster cluster({kRejected, kBuilt});
  cluster.CancelOn("trying again");
  const Outcome outcome = cluster.Build();
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, FailureKind::kInterrupted);
  EXPECT_THAT(cluster.changes(), ElementsAre("POST pods", "DELETE pods"));
}

}  // namespace
}  // namespace ovenbird::build
