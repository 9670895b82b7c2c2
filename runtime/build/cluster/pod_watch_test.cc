#include "runtime/build/cluster/pod_watch.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/build/cluster/namespace_watch.h"
#include "runtime/build/cluster/pod_state.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::build {
namespace {

using net::testing::Conversation;
using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::Pod;
using ::ovenbird::kube::testing::QueryValue;
using ::ovenbird::kube::testing::StatusJson;
using ::testing::HasSubstr;

constexpr auto kNever = std::chrono::steady_clock::time_point::max();

std::string List(int version, std::vector<json::Value> items) {
  json::Value list;
  list.Set("metadata",
           json::Object{{"resourceVersion", absl::StrCat(version)}});
  list.Set("items", json::Array(items.begin(), items.end()));
  return json::Write(list);
}

json::Value PodIn(const char* phase, const char* name, int version) {
  json::Value pod = Pod(name, version);
  pod.Set("status", json::Object{{"phase", phase}});
  return pod;
}

json::Value EventAbout(const char* pod, const char* message, int version) {
  json::Value event = Pod(absl::StrCat("event-", version), version);
  event.Set("involvedObject", json::Object{{"name", pod}});
  event.Set("message", message);
  return event;
}

// An API server whose lists and watches the test speaks itself.
class Api {
 public:
  Api() : server_([this](Conversation& c) { Talk(c); }) {
    client_ = ClientOf(server_);
  }
  ~Api() { Say("pods", "end"); }

  kube::Client& client() { return *client_; }
  int requests() { return requests_; }

  // What a list of pods holds.
  void SetPods(std::string list) {
    MutexLock lock(&mutex_);
    pods_ = std::move(list);
  }
  // To the watch of `what`: an event, or "end" of the connection.
  void Say(const std::string& what, std::string line) {
    MutexLock lock(&mutex_);
    (what == "pods" ? pod_lines_ : event_lines_).push_back(std::move(line));
    changed_.SignalAll();
  }
  void Tell(const std::string& what, absl::string_view type,
            json::Value object) {
    json::Value event;
    event.Set("type", type);
    event.Set("object", std::move(object));
    Say(what, json::Write(event) + "\n");
  }

 private:
  void Talk(Conversation& c) {
    while (const auto request = c.Next()) {
      ++requests_;
      bool pods = request->target.find("/pods") != std::string::npos;
      if (QueryValue(request->target, "watch").empty()) {
        std::string list;
        {
          MutexLock lock(&mutex_);
          list = pods ? pods_ : List(1, {});
        }
        c.Reply(200, list);
      } else {
        c.StartChunks(200);
        Follow(c, pods);
        c.Chunk("");
      }
    }
  }

  void Follow(Conversation& c, bool pods) {
    while (true) {
      std::string line;
      {
        MutexLock lock(&mutex_);
        std::vector<std::string>& lines = pods ? pod_lines_ : event_lines_;
        while (lines.empty()) {
          const auto soon =
              std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
          if (!changed_.WaitUntil(&mutex_, soon)) break;
        }
        if (!lines.empty()) {
          line = lines.front();
          lines.erase(lines.begin());
        }
      }
      if (line == "end") return;
      // A bookmark shows whether the client is still there.
      if (line.empty()) {
        line = R"({"type":"BOOKMARK","object":{"metadata":{}}})"
               "\n";
      }
      if (!c.Chunk(line)) return;
    }
  }

  Mutex mutex_;
  CondVar changed_;
  std::string pods_ ABSL_GUARDED_BY(mutex_) = List(1, {});
  std::vector<std::string> pod_lines_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> event_lines_ ABSL_GUARDED_BY(mutex_);
  std::atomic<int> requests_{0};
  net::testing::Server server_;
  std::unique_ptr<kube::Client> client_;
};

std::string LatestEvent(PodWatch& watch) {
  return watch
      .WaitUntil(
          [](const PodWatch::View& now) { return !now.latest_event.empty(); },
          kNever)
      .latest_event;
}

TEST(PodWatchTest, OneWatchServesAllBuilds) {
  Api api;
  Cancellation cancel;
  NamespaceWatch all(api.client(), "ns", "run=1");
  PodWatch a(all, "a", cancel);
  PodWatch b(all, "b", cancel);
  api.Tell("pods", "ADDED", PodIn("Failed", "b", 11));
  api.Tell("pods", "ADDED", PodIn("Pending", "other", 12));
  api.Tell("pods", "ADDED", PodIn("Failed", "a", 13));
  for (PodWatch* watch : {&a, &b}) {
    PodWatch::View view = watch->WaitUntil(
        [](const PodWatch::View& now) {
          return now.state.stage == PodStage::kFailed;
        },
        kNever);
    EXPECT_FALSE(view.deleted);
    EXPECT_TRUE(view.status.ok());
  }
  api.Tell("events", "ADDED", EventAbout("b", "of b", 21));
  api.Tell("events", "ADDED", EventAbout("a", "of a", 22));
  EXPECT_EQ(LatestEvent(a), "of a");
  EXPECT_EQ(LatestEvent(b), "of b");
  // A list and a watch of pods, and of events.
  EXPECT_EQ(api.requests(), 4);
}

TEST(PodWatchTest, APodThatIsGoneIsSeen) {
  Api api;
  Cancellation cancel;
  NamespaceWatch all(api.client(), "ns", "run=1");
  PodWatch watch(all, "a", cancel);
  api.Tell("pods", "ADDED", PodIn("Pending", "a", 11));
  api.Tell("pods", "DELETED", PodIn("Pending", "a", 12));
  EXPECT_TRUE(
      watch
          .WaitUntil([](const PodWatch::View& now) { return now.deleted; },
                     kNever)
          .deleted);
}

// Created and deleted while the server had forgotten our version.
TEST(PodWatchTest, APodThatWasNeverListedIsGone) {
  Api api;
  Cancellation cancel;
  NamespaceWatch all(api.client(), "ns", "run=1");
  PodWatch there(all, "there", cancel);
  PodWatch gone(all, "gone", cancel);
  PodWatch later(all, "later", cancel);
  api.Tell("pods", "ADDED", PodIn("Pending", "first", 11));
  there.NoteCreated();
  gone.NoteCreated();
  api.SetPods(List(30, {PodIn("Pending", "there", 25)}));
  api.Tell("pods", "ERROR", *json::Parse(StatusJson(410, "Expired", "old")));
  EXPECT_TRUE(
      gone.WaitUntil([](const PodWatch::View& now) { return now.deleted; },
                     kNever)
          .deleted);
  EXPECT_FALSE(there.Now().deleted);
  EXPECT_FALSE(later.Now().deleted);
}

TEST(PodWatchTest, AnEventThatHappensAgainIsKeptOnce) {
  Api api;
  Cancellation cancel;
  NamespaceWatch all(api.client(), "ns", "run=1");
  PodWatch watch(all, "a", cancel);
  json::Value again = EventAbout("a", "first", 21);
  api.Tell("events", "ADDED", again);
  api.Tell("events", "ADDED", EventAbout("a", "second", 22));
  again.Set("message", "third");
  again.Set("metadata", json::Object{{"name", "event-21"},
                                     {"namespace", "ns"},
                                     {"uid", "uid-event-21"},
                                     {"resourceVersion", "23"}});
  api.Tell("events", "MODIFIED", again);
  PodWatch::View view = watch.WaitUntil(
      [](const PodWatch::View& now) { return now.latest_event == "third"; },
      kNever);
  EXPECT_EQ(view.latest_event, "third");
}

TEST(PodWatchTest, ARefusalReachesEveryBuild) {
  net::testing::Server server(
      net::testing::EachRequest([](const net::Request&) {
        return net::Response{403, {}, StatusJson(403, "Forbidden", "no")};
      }));
  const auto client = ClientOf(server);
  Cancellation cancel;
  NamespaceWatch all(*client, "ns", "run=1");
  PodWatch first(all, "a", cancel);
  const auto never = [](const PodWatch::View&) { return false; };
  EXPECT_TRUE(absl::IsPermissionDenied(first.WaitUntil(never, kNever).status));
  EXPECT_TRUE(all.has_ended());
  PodWatch late(all, "b", cancel);
  EXPECT_TRUE(absl::IsPermissionDenied(late.Now().status));
}

TEST(PodWatchTest, CtrlCEndsTheWait) {
  Api api;
  Cancellation cancel;
  NamespaceWatch all(api.client(), "ns", "run=1");
  PodWatch watch(all, "a", cancel);
  std::thread user([&] { cancel.Cancel(); });
  watch.WaitUntil([](const PodWatch::View&) { return false; }, kNever);
  user.join();
}

}  // namespace
}  // namespace ovenbird::build
