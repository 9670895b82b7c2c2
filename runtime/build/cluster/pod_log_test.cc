#include "runtime/build/cluster/pod_log.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/build/cluster/namespace_watch.h"
#include "runtime/build/cluster/pod_watch.h"
#include "runtime/build/kaniko_log.h"
#include "runtime/build/kaniko_phases.h"
#include "runtime/build/observer.h"
#include "runtime/build/timeline.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/object_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::build {
namespace {

using kube::testing::ClientOf;
using kube::testing::ObjectServer;
using kube::testing::StatusJson;
using net::testing::Conversation;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Clock = std::chrono::steady_clock;

constexpr char kRuns[] =
    R"({"containerStatuses":[{"name":"kaniko","state":{"running":{}}}]})";
constexpr char kEnded[] = R"({"containerStatuses":[{"name":"kaniko","state":
    {"terminated":{"exitCode":0,"startedAt":"t"}}}]})";
constexpr char kLost[] = R"({"conditions":[{"type":"Ready","status":"False"}],
    "containerStatuses":[{"name":"kaniko","state":{"running":{}}}]})";

class Said : public Observer {
 public:
  void Step(absl::string_view) override {}
  void Log(absl::string_view line) override {
    lines.emplace_back(line);
    if (on_line) on_line();
  }
  void Warn(absl::string_view text) override { warnings.emplace_back(text); }
  void Enter(const Phase& phase) override { phases.push_back(phase); }
  std::vector<Phase> phases;
  std::vector<std::string> lines;
  std::vector<std::string> warnings;
  std::function<void()> on_line;
};

// The log of one pod, whose state the test sets.
class Log {
 public:
  // `answer` answers each request for the log; it gets the request's number,
  // from 1.
  explicit Log(std::function<void(Conversation&, int)> answer)
      : server_({.log =
                     [this, answer](Conversation& c, const net::Request&) {
                       int number;
                       {
                         MutexLock lock(&mutex_);
                         number = ++requests_;
                       }
                       answer(c, number);
                     }}),
        client_(ClientOf(server_.server())),
        all_(*client_, "ns", "run=1"),
        watch_(all_, "p", cancel_) {
    json::Value metadata;
    metadata.Set("name", "p");
    json::Value pod;
    pod.Set("metadata", std::move(metadata));
    kube::Resource pods = kube::ResourceOf("pods", "ns");
    EXPECT_TRUE(client_->Create(pods, pod, nullptr).ok());
    watch_.NoteCreated();
    Become(kRuns);
  }

  // Sets the pod's status, and waits until the watch has it.
  void Become(const char* status) {
    server_.SetStatus("p", *json::Parse(status));
    const bool ended = status == kEnded;
    const bool lost = status == kLost;
    watch_.WaitUntil(
        [&](const PodWatch::View& now) {
          return ended ? now.IsOver()
                       : now.state.stage ==
                             (lost ? PodStage::kNodeLost : PodStage::kRunning);
        },
        Clock::now() + std::chrono::seconds(10));
  }

  std::unique_ptr<PodLog> Follow(
      Clock::time_point give_up = Clock::time_point::max(),
      std::function<bool(const KanikoLog&)> is_enough = nullptr) {
    auto log = std::make_unique<PodLog>(
        PodLogRequest{.client = *client_,
                      .watch = watch_,
                      .observer = said,
                      .cancel = cancel_,
                      .name_space = "ns",
                      .pod = "p",
                      .node_lost = node_lost,
                      .phases = &phases_,
                      .is_enough = std::move(is_enough)});
    log->Follow(give_up);
    log->Follow(give_up);  // Does nothing.
    return log;
  }

  Cancellation& cancel() { return cancel_; }
  int requests() {
    MutexLock lock(&mutex_);
    return requests_;
  }
  Said said;
  KanikoPhases phases_{nullptr, nullptr, said};
  absl::Duration node_lost = absl::Milliseconds(10);

 private:
  Mutex mutex_;
  int requests_ ABSL_GUARDED_BY(mutex_) = 0;
  Cancellation cancel_;
  ObjectServer server_;
  std::unique_ptr<kube::Client> client_;
  NamespaceWatch all_;
  PodWatch watch_;
};

TEST(PodLogTest, EachLineOnceUntilTheContainerEnds) {
  Log* self = nullptr;
  Log log([&](Conversation& c, int) {
    self->Become(kEnded);
    c.Reply(200,
            "2024-01-01T00:00:00.1Z \x1b[36mINFO\x1b[0m[0001] one\n"
            "2024-01-01T00:00:00.2Z two\n");
  });
  self = &log;
  const auto followed = log.Follow();
  EXPECT_TRUE(followed->complete());
  EXPECT_FALSE(followed->node_given_up());
  EXPECT_THAT(log.said.lines, ElementsAre(HasSubstr("one"), "two"));
  EXPECT_THAT(log.said.warnings, IsEmpty());
}

std::string At(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E9SZ", time, absl::UTCTimeZone());
}

// A node or a network that is slow: the times are the container's.
TEST(PodLogTest, StepsBeginWhenTheirLinesWereWritten) {
  Log* self = nullptr;
  Log log([&](Conversation& c, int number) {
    // Nothing is left for the second time.
    if (number > 1) return (void)c.Reply(200, "");
    const absl::Time now = absl::Now();
    absl::SleepFor(absl::Milliseconds(300));
    self->Become(kEnded);
    c.Reply(200, absl::StrCat(
                     "an old kubelet's error\n", At(now), " INFO[0000] RUN a\n",
                     At(now + absl::Milliseconds(200)), " INFO[0002] RUN b\n"));
  });
  self = &log;
  log.Follow();
  EXPECT_THAT(log.said.lines,
              ElementsAre("an old kubelet's error", "INFO[0000] RUN a",
                          "INFO[0002] RUN b"));
  ASSERT_EQ(log.said.phases.size(), 3u);
  EXPECT_EQ(log.said.phases[0].ago, absl::ZeroDuration());
  EXPECT_GE(log.said.phases[1].ago, absl::Milliseconds(300));
  EXPECT_GE(log.said.phases[2].ago, absl::Milliseconds(100));
  const absl::Duration between =
      log.said.phases[1].ago - log.said.phases[2].ago;
  EXPECT_GE(between, absl::Milliseconds(100));
  EXPECT_LE(between, absl::Milliseconds(200));
}

// What was written before the pod was created was written by another clock.
TEST(PodLogTest, TheClockOfTheNodeMayDiffer) {
  for (const absl::Duration ahead : {absl::Hours(1), -absl::Hours(1)}) {
    Log* self = nullptr;
    Log log([&](Conversation& c, int number) {
      if (number > 1) return (void)c.Reply(200, "");
      const absl::Time now = absl::Now() + ahead;
      self->Become(kEnded);
      c.Reply(200, absl::StrCat(At(now), " INFO[0000] RUN a\n",
                                At(now + absl::Milliseconds(1)),
                                " INFO[0000] RUN b\n"));
    });
    self = &log;
    log.Follow();
    ASSERT_EQ(log.said.phases.size(), 3u);
    for (const Phase& phase : log.said.phases) {
      EXPECT_GE(phase.ago, absl::ZeroDuration());
      EXPECT_LE(phase.ago, absl::Minutes(1));
    }
  }
}

TEST(PodLogTest, EnoughIsEnough) {
  Log log([&](Conversation& c, int) {
    c.StartChunks(200);
    c.Chunk("2024-01-01T00:00:00.1Z one\n2024-01-01T00:00:00.2Z two\n");
    c.WaitForClose();
  });
  const auto followed = log.Follow(Clock::time_point::max(),
                                   [](const KanikoLog&) { return true; });
  EXPECT_THAT(log.said.lines, ElementsAre("one"));
  EXPECT_THAT(log.said.warnings, IsEmpty());
  EXPECT_EQ(log.requests(), 1);
}

// A connection that hangs is ended: nothing else would end the build.
TEST(PodLogTest, WhatEndsALogThatHangs) {
  struct Case {
    const char* name;
    std::function<void(Log&)> then;
    Clock::duration give_up;
    bool node_given_up;
    std::vector<std::string> warnings;
  };
  const std::vector<std::string> hangs = {
      "the log is not complete: its node does not answer"};
  for (const Case& c : std::vector<Case>{
           {"lost node", [](Log& log) { log.Become(kLost); },
            std::chrono::hours(1), true, hangs},
           {"deadline", [](Log&) {}, std::chrono::milliseconds(20), false,
            hangs},
           {"interrupted",
            [](Log& log) { log.cancel().Cancel(); },
            std::chrono::hours(1),
            false,
            {}},
       }) {
    Log log([](Conversation& conversation, int) {
      conversation.StartChunks(200);
      conversation.Chunk("2024-01-01T00:00:00.1Z one\n");
      conversation.WaitForClose();
    });
    log.said.on_line = [&] { c.then(log); };
    const auto followed = log.Follow(Clock::now() + c.give_up);
    EXPECT_FALSE(followed->complete()) << c.name;
    EXPECT_EQ(followed->node_given_up(), c.node_given_up) << c.name;
    EXPECT_EQ(log.said.warnings, c.warnings) << c.name;
  }
}

TEST(PodLogTest, ANodeThatComesBackIsFollowedFurther) {
  Log* self = nullptr;
  Log log([&](Conversation& c, int) {
    c.StartChunks(200);
    self->Become(kLost);
    self->Become(kRuns);
    c.Chunk("2024-01-01T00:00:00.1Z one\n");
    self->Become(kEnded);
    c.Chunk("");
  });
  self = &log;
  log.node_lost = absl::Minutes(1);
  const auto followed = log.Follow();
  EXPECT_TRUE(followed->complete());
  EXPECT_FALSE(followed->node_given_up());
  EXPECT_THAT(log.said.lines, ElementsAre("one"));
}

TEST(PodLogTest, TheServerRefuses) {
  struct Case {
    int code;
    const char* reason;
    const char* message;
  };
  for (const Case& c : std::vector<Case>{
           {403, "Forbidden", "cannot get resource \"pods/log\""},
           {404, "NotFound", "pods \"p\" not found"},
       }) {
    Log log([&](Conversation& conversation, int) {
      conversation.Reply(c.code, StatusJson(c.code, c.reason, c.message));
    });
    const auto followed = log.Follow();
    EXPECT_FALSE(followed->complete());
    EXPECT_THAT(log.said.warnings,
                ElementsAre(HasSubstr("the log is not complete: cannot")));
    EXPECT_EQ(log.requests(), 1);
  }
}

}  // namespace
}  // namespace ovenbird::build
