#include "runtime/build/cluster/namespace_watch.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/object_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "tools/testing/no_threads.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::ObjectCall;
using ::ovenbird::kube::testing::ObjectServer;
using ::ovenbird::kube::testing::ObjectServerOptions;
using ::ovenbird::kube::testing::StatusResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Writes down what it is told: "pod a Running", "deleted a", "event hello",
// "list", "listed", "end MESSAGE".
class Notes : public NamespaceWatch::Listener {
 public:
  void OnPod(const json::Value& pod) override {
    Note(absl::StrCat("pod ", pod.Get({"metadata", "name"}).string_or(), " ",
                      pod.Get({"status", "phase"}).string_or("-")));
  }
  void OnDeleted(const json::Value& pod) override {
    Note(absl::StrCat("deleted ", pod.Get({"metadata", "name"}).string_or()));
  }
  void OnEvent(const json::Value& event) override {
    Note(absl::StrCat("event ", event["message"].string_or()));
  }
  void OnList() override { Note("list"); }
  void OnListed() override { Note("listed"); }
  void OnEnd(const absl::Status& status) override {
    Note(absl::StrCat("end ", absl::StatusCodeToString(status.code())));
  }

  // Returns the notes once `last` is one of them; the test fails if that takes
  // too long.
  std::vector<std::string> Until(const std::string& last) {
    const auto latest =
        std::chrono::steady_clock::now() + std::chrono::seconds(30);
    MutexLock lock(&mutex_);
    while (notes_.empty() || notes_.back() != last) {
      if (!changed_.WaitUntil(&mutex_, latest)) {
        ADD_FAILURE() << "not told: " << last;
        break;
      }
    }
    return notes_;
  }
  std::vector<std::string> Now() {
    MutexLock lock(&mutex_);
    return notes_;
  }

 private:
  void Note(std::string note) {
    MutexLock lock(&mutex_);
    notes_.push_back(std::move(note));
    changed_.SignalAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> notes_ ABSL_GUARDED_BY(mutex_);
};

// Counts the watches that have reached the server. `answer` may answer in the
// server's place, by the number of calls of the same kind before.
class Watched {
 public:
  using Answer =
      std::function<std::optional<net::Response>(const ObjectCall&, int)>;
  explicit Watched(Answer answer = nullptr)
      : answer_(std::move(answer)), server_(Options()) {
    client_ = ClientOf(server_.server());
  }

  kube::Client& client() { return *client_; }
  ObjectServer& server() { return server_; }

  // Later changes of `plural` are reported.
  void WaitForWatch(const std::string& plural) {
    const auto latest =
        std::chrono::steady_clock::now() + std::chrono::seconds(30);
    MutexLock lock(&mutex_);
    while (counts_["watch " + plural] == 0) {
      ASSERT_TRUE(changed_.WaitUntil(&mutex_, latest)) << plural;
    }
  }
  void Create(const char* plural, const json::Value& object) {
    const auto created =
        client_->Create(kube::ResourceOf(plural, "ns"), object, nullptr);
    EXPECT_TRUE(created.ok()) << created.status();
  }

 private:
  ObjectServerOptions Options() {
    ObjectServerOptions options;
    options.answer =
        [this](const ObjectCall& call) -> std::optional<net::Response> {
      int before = 0;
      {
        MutexLock lock(&mutex_);
        before = counts_[call.verb + " " + call.plural]++;
        changed_.SignalAll();
      }
      return answer_ ? answer_(call, before) : std::nullopt;
    };
    return options;
  }

  const Answer answer_;
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, int> counts_ ABSL_GUARDED_BY(mutex_);
  ObjectServer server_;
  std::unique_ptr<kube::Client> client_;
};

json::Value NewPod(const char* name) {
  json::Value pod;
  pod.Set("metadata", json::Object{{"name", name}});
  return pod;
}

json::Value Phase(const char* phase) {
  json::Value status;
  status.Set("phase", phase);
  return status;
}

json::Value EventOf(const char* name, const char* pod, const char* message) {
  json::Value event = NewPod(name);
  event.Set("involvedObject", json::Object{{"name", pod}});
  event.Set("message", message);
  return event;
}

TEST(NamespaceWatchTest, ThePodOfEachListenerInOrder) {
  Watched watched;
  Notes a;
  Notes b;
  NamespaceWatch watch(watched.client(), "ns", "run=1");
  watched.WaitForWatch("pods");
  watch.Add("a", &a);
  watch.Add("b", &b);
  watched.Create("pods", NewPod("a"));
  watched.Create("pods", NewPod("other"));
  watched.Create("pods", NewPod("b"));
  EXPECT_THAT(b.Until("pod b -"), ElementsAre("pod b -"));
  watched.server().SetStatus("a", Phase("Running"));
  watched.server().SetStatus("other", Phase("Running"));
  watched.server().Remove("pods", "a");
  EXPECT_THAT(a.Until("deleted a"),
              ElementsAre("pod a -", "pod a Running", "deleted a"));
  EXPECT_THAT(b.Now(), ElementsAre("pod b -"));
  EXPECT_FALSE(watch.has_ended());
}

TEST(NamespaceWatchTest, EventsAboutTheListenersPods) {
  Watched watched;
  // An event from before the watch is not news.
  watched.Create("events", EventOf("e0", "a", "old"));
  Notes a;
  NamespaceWatch watch(watched.client(), "ns", "run=1");
  watched.WaitForWatch("pods");
  watched.WaitForWatch("events");
  watch.Add("a", &a);
  watched.Create("events", EventOf("e1", "other", "not ours"));
  watched.Create("events", EventOf("e2", "a", "pulling"));
  a.Until("event pulling");
  json::Value again;
  again.Set("message", "pulling again");
  ASSERT_TRUE(
      watched.client()
          .Patch(kube::ResourceOf("events", "ns"), "e2", "", again, nullptr)
          .ok());
  a.Until("event pulling again");
  // Events expire; that says nothing about the pod.
  watched.server().Remove("events", "e2");
  watched.Create("events", EventOf("e3", "a", "pulled"));
  EXPECT_THAT(
      a.Until("event pulled"),
      ElementsAre("event pulling", "event pulling again", "event pulled"));
}

// The server has forgotten the version from which the watch was to go on.
TEST(NamespaceWatchTest, AListThatReplacesAForgottenVersion) {
  std::atomic<bool> added = false;
  Watched watched(
      [&](const ObjectCall& call, int before) -> std::optional<net::Response> {
        if (call.verb != "watch" || call.plural != "pods" || before > 0) {
          return std::nullopt;
        }
        while (!added)
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return StatusResponse(410, "Expired", "too old");
      });
  watched.Create("pods", NewPod("old"));
  watched.Create("pods", NewPod("dies"));
  Notes created;
  Notes missing;
  Notes old;
  Notes dies;
  {
    NamespaceWatch watch(watched.client(), "ns", "run=1");
    watched.WaitForWatch("pods");
    watch.Add("created", &created);
    watch.Add("missing", &missing);
    watch.Add("old", &old);
    watch.Add("dies", &dies);
    watched.Create("pods", NewPod("created"));
    watched.server().Remove("pods", "dies");
    added = true;
    EXPECT_THAT(created.Until("listed"),
                ElementsAre("list", "pod created -", "listed"));
    EXPECT_THAT(missing.Until("listed"), ElementsAre("list", "listed"));
    // What the watch has seen before the list is reported if it changed.
    EXPECT_THAT(old.Until("listed"), ElementsAre("list", "listed"));
    EXPECT_THAT(dies.Until("listed"),
                ElementsAre("list", "deleted dies", "listed"));
  }
  EXPECT_EQ(created.Now().back(), "end CANCELLED");
}

TEST(NamespaceWatchTest, ARefusalEndsItForPresentAndLaterListeners) {
  Watched watched(
      [](const ObjectCall& call, int) -> std::optional<net::Response> {
        if (call.plural == "pods") {
          return StatusResponse(403, "Forbidden", "no");
        }
        return std::nullopt;
      });
  Notes a;
  Notes late;
  NamespaceWatch watch(watched.client(), "ns", "run=1");
  watch.Add("a", &a);
  EXPECT_EQ(a.Until("end PERMISSION_DENIED").back(), "end PERMISSION_DENIED");
  EXPECT_TRUE(watch.has_ended());
  watch.Add("late", &late);
  EXPECT_THAT(late.Now(), ElementsAre("end PERMISSION_DENIED"));
}

TEST(NamespaceWatchTest, WithoutTheRightToReadEventsPodsAreStillSeen) {
  Watched watched(
      [](const ObjectCall& call, int) -> std::optional<net::Response> {
        if (call.plural == "events") {
          return StatusResponse(403, "Forbidden", "no");
        }
        return std::nullopt;
      });
  Notes a;
  NamespaceWatch watch(watched.client(), "ns", "run=1");
  watched.WaitForWatch("pods");
  watch.Add("a", &a);
  watched.Create("pods", NewPod("a"));
  EXPECT_THAT(a.Until("pod a -"), ElementsAre("pod a -"));
  EXPECT_FALSE(watch.has_ended());
}

TEST(NamespaceWatchTest, ARemovedListenerIsNotCalled) {
  Watched watched;
  Notes a;
  Notes b;
  {
    NamespaceWatch watch(watched.client(), "ns", "run=1");
    watched.WaitForWatch("pods");
    watch.Add("a", &a);
    watch.Add("b", &b);
    watch.Remove("a");
    watch.Remove("unknown");
    watched.Create("pods", NewPod("a"));
    watched.Create("pods", NewPod("b"));
    EXPECT_THAT(b.Until("pod b -"), ElementsAre("pod b -"));
  }
  EXPECT_THAT(a.Now(), IsEmpty()) << "not even at the end";
  EXPECT_THAT(b.Now(), ElementsAre("pod b -", "end CANCELLED"));
}

TEST(NamespaceWatchTest, TheDestructorDoesNotWaitForTheServer) {
  // Accepts requests and never answers.
  net::testing::Server server([](net::testing::Conversation& conversation) {
    conversation.Next();
    conversation.WaitForClose();
  });
  const auto client = ClientOf(server);
  Notes a;
  const auto begin = std::chrono::steady_clock::now();
  {
    NamespaceWatch watch(*client, "ns", "run=1");
    watch.Add("a", &a);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_EQ(a.Now().back(), "end CANCELLED");
}

TEST(NamespaceWatchTest, WithoutThreadsItEndsImmediately) {
  Watched watched;
  Notes a;
  const ovenbird::testing::NoThreads none;
  NamespaceWatch watch(watched.client(), "ns", "run=1");
  EXPECT_TRUE(watch.has_ended());
  watch.Add("a", &a);
  EXPECT_THAT(a.Now(), ElementsAre("end RESOURCE_EXHAUSTED"));
}

TEST(NamespaceWatchTest, TheServerSelects) {
  Mutex mutex;
  std::vector<std::string> targets;
  net::testing::Server server(
      net::testing::EachRequest([&](const net::Request& request) {
        MutexLock lock(&mutex);
        targets.push_back(request.target);
        return StatusResponse(403, "Forbidden", "no");
      }));
  const auto client = ClientOf(server);
  Notes a;
  {
    NamespaceWatch watch(*client, "my-ns", "app=ovenbird,run=1");
    watch.Add("a", &a);
    a.Until("end PERMISSION_DENIED");
    // The watch of events ends on its own, too.
    const auto latest =
        std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < latest) {
      MutexLock lock(&mutex);
      if (targets.size() == 2) break;
    }
  }
  MutexLock lock(&mutex);
  EXPECT_THAT(
      targets,
      UnorderedElementsAre(
          ::testing::AllOf(HasSubstr("/namespaces/my-ns/pods?"),
                           HasSubstr("labelSelector=app%3Dovenbird%2Crun%3D1")),
          ::testing::AllOf(
              HasSubstr("/namespaces/my-ns/events?"),
              HasSubstr("fieldSelector=involvedObject.kind%3DPod"))));
}

}  // namespace
}  // namespace ovenbird::build
