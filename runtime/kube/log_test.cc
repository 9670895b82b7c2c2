#include "runtime/kube/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/mutex.h"
#include "runtime/kube/testing/api_server.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/wall_clock.h"

namespace ovenbird::kube {
namespace {

using net::testing::Conversation;
using net::testing::Server;
using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::NoPause;
using ::ovenbird::kube::testing::QueryValue;
using ::ovenbird::kube::testing::StatusJson;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WallClockStep;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A line as the kubelet gives it; `time` is a second and its fraction.
std::string Line(absl::string_view time, absl::string_view text) {
  return absl::StrCat("2024-01-01T00:00:", time, "Z ", text, "\n");
}

// How the server answers one request for the log; returns false to cut the
// connection.
using Step = std::function<bool(Conversation&)>;

Step Whole(std::string text) {
  return [=](Conversation& c) {
    return c.StartChunks(200) && (text.empty() || c.Chunk(text)) && c.Chunk("");
  };
}

Step CutAfter(std::string text) {
  return [=](Conversation& c) {
    c.StartChunks(200);
    c.Chunk(text);
    return false;
  };
}

Step Refuse(int code, std::string message) {
  return [=](Conversation& c) {
    return c.Reply(code, StatusJson(code, "Reason", message));
  };
}

// Plays the steps; a question for the pod is answered with "terminated" once
// all but `left_at_end` steps are played.
class LogServer {
 public:
  explicit LogServer(std::vector<Step> steps, size_t left_at_end = 1)
      : steps_(std::move(steps)),
        left_at_end_(left_at_end),
        server_([this](Conversation& c) {
          while (const auto request = c.Next()) {
            if (!Answer(c, *request)) return;
          }
        }) {}

  const Server& server() const { return server_; }
  std::vector<std::string> requests() {
    MutexLock lock(&mutex_);
    return requests_;
  }

 private:
  bool Answer(Conversation& c, const net::Request& request) {
    const Step* step = nullptr;
    bool ended = false;
    {
      MutexLock lock(&mutex_);
      ended = next_ + left_at_end_ >= steps_.size();
      if (absl::StrContains(request.target, "/log?")) {
        requests_.push_back(
            absl::StrCat(QueryValue(request.target, "follow"), " ",
                         QueryValue(request.target, "sinceTime")));
        EXPECT_LT(next_, steps_.size());
        step = next_ < steps_.size() ? &steps_[next_++] : nullptr;
      }
    }
    if (step != nullptr) return (*step)(c);
    return c.Reply(
        200, absl::StrCat(
                 R"({"status":{"containerStatuses":[{"name":"c","state":{")",
                 ended ? "terminated" : "running", R"(":{}}}]}})"));
  }

  const std::vector<Step> steps_;
  const size_t left_at_end_;
  Mutex mutex_;
  size_t next_ = 0;
  std::vector<std::string> requests_;
  Server server_;
};

LogOptions Options() {
  LogOptions options;
  options.name_space = "ns";
  options.pod = "p";
  options.container = "c";
  options.backoff = NoPause();
  return options;
}

absl::Status Follow(LogServer& server, std::vector<std::string>& lines,
                    const LogOptions& options = Options(),
                    Cancellation* cancel = nullptr) {
  return FollowLog(
      *ClientOf(server.server()), options,
      [&](absl::Time, absl::string_view line) {
        lines.emplace_back(line);
        return true;
      },
      cancel);
}

TEST(LogTest, ReadsToTheEnd) {
  const std::string all = Line("01.1", "a") + Line("02.1", "b");
  LogServer server({Whole(all), Whole(Line("02.1", "b"))});
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines), IsOk());
  EXPECT_THAT(lines, ElementsAre("a", "b"));
  EXPECT_THAT(server.requests(), ElementsAre("true ", " 2024-01-01T00:00:02Z"));
}

// As of a container that runs on.
TEST(LogTest, WithoutFollowing) {
  LogServer server({CutAfter(Line("01.1", "a")),
                    Whole(Line("01.1", "a") + Line("02.1", "b"))},
                   0);
  LogOptions options = Options();
  options.follow = false;
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines, options), IsOk());
  EXPECT_THAT(lines, ElementsAre("a", "b"));
  EXPECT_THAT(server.requests(), ElementsAre(" ", " 2024-01-01T00:00:01Z"));
  LogServer waiting({Refuse(400,
                            "container \"c\" in pod \"p\" is waiting to start: "
                            "PodInitializing")});
  EXPECT_THAT(Follow(waiting, lines, options),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(LogTest, TimesAreThoseOfTheContainer) {
  LogServer server({Whole(Line("01.5", "a")), Whole("")});
  absl::Time time;
  EXPECT_THAT(FollowLog(
                  *ClientOf(server.server()), Options(),
                  [&](absl::Time t, absl::string_view) {
                    time = t;
                    return true;
                  },
                  nullptr),
              IsOk());
  EXPECT_EQ(time, absl::FromUnixMillis(1704067201500));
}

// A kubelet's own words have no time, and an old one's line has one for each
// part.
TEST(LogTest, LinesWithoutATimeAndWithSeveral) {
  LogServer server(
      {Whole("unable to read the log\n" +
             Line("01.123456789", "a2024-01-01T00:00:01.5Z b") +
             Line("02.123456789", "c2024-01-01T00:00:02.123456790Z d")),
       Whole("")});
  std::vector<std::string> lines;
  EXPECT_THAT(FollowLog(
                  *ClientOf(server.server()), Options(),
                  [&](absl::Time time, absl::string_view line) {
                    lines.push_back(absl::StrCat(
                        absl::FormatTime("%E9S", time, absl::UTCTimeZone()),
                        " ", line));
                    return true;
                  },
                  nullptr),
              IsOk());
  EXPECT_THAT(lines, ElementsAre("infinite-past unable to read the log",
                                 "01.123456789 a2024-01-01T00:00:01.5Z b",
                                 "02.123456789 cd"));
}

// Cut in the middle of a line, ended by the server, and cut in the last read.
TEST(LogTest, LosesAndRepeatsNothingWhenCut) {
  LogServer server(
      {CutAfter(Line("01.1", "a") + Line("01.2", "b") +
                "2024-01-01T00:00:01.3Z c-is-cut-o"),
       Whole(Line("01.1", "a") + Line("01.2", "b") +
             Line("01.3", "c-is-cut-off")),
       Refuse(503, "restarting"),
       CutAfter(Line("01.1", "a") + Line("01.2", "b") +
                Line("01.3", "c-is-cut-off") + Line("02.0", "d")),
       CutAfter(Line("02.0", "d") + Line("02.1", "e")),
       Whole(Line("02.0", "d") + Line("02.1", "e") + Line("02.2", "f"))},
      2);
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines), IsOk());
  EXPECT_THAT(lines, ElementsAre("a", "b", "c-is-cut-off", "d", "e", "f"));
  EXPECT_THAT(
      server.requests(),
      ElementsAre("true ", "true 2024-01-01T00:00:01Z",
                  "true 2024-01-01T00:00:01Z", "true 2024-01-01T00:00:01Z",
                  " 2024-01-01T00:00:02Z", " 2024-01-01T00:00:02Z"));
}

TEST(LogTest, ALastLineWithoutAnEndCounts) {
  LogServer server({Whole(Line("01.1", "a") + "2024-01-01T00:00:01.2Z b"),
                    Whole(Line("01.1", "a") + "2024-01-01T00:00:01.2Z b")});
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines), IsOk());
  EXPECT_THAT(lines, ElementsAre("a", "b"));
}

TEST(LogTest, TheCallerMayKnowThatTheContainerHasEnded) {
  LogServer server({Whole(Line("01.1", "a")), Whole("")}, 0);
  LogOptions options = Options();
  int asked = 0;
  options.has_ended = [&]() -> absl::StatusOr<bool> { return ++asked == 1; };
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines, options), IsOk());
  EXPECT_EQ(asked, 1);
}

// A kubelet answers logs before it has heard of its pods.
TEST(LogTest, AKubeletThatHasJustStartedIsWaitedFor) {
  const Step unknown = Refuse(
      404, "the server could not find the requested resource ( pods/log p)");
  LogServer server({CutAfter(Line("01.1", "a")), unknown, unknown,
                    Whole(Line("01.1", "a") + Line("02.1", "b")), unknown,
                    Whole(Line("02.1", "b"))},
                   2);
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines), IsOk());
  EXPECT_THAT(lines, ElementsAre("a", "b"));
}

// An API server that starts has not read the Roles yet.
TEST(LogTest, AServerThatStartsMayRefuseWhatItAllowedBefore) {
  LogServer server(
      {CutAfter(Line("01.1", "a")), Refuse(403, "pods/log is forbidden"),
       Refuse(401, "Unauthorized"),
       Whole(Line("01.1", "a") + Line("02.1", "b")), Whole(Line("02.1", "b"))});
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines), IsOk());
  EXPECT_THAT(lines, ElementsAre("a", "b"));
  LogServer never({Refuse(403, "pods/log is forbidden")});
  EXPECT_THAT(Follow(never, lines),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(LogTest, Refusals) {
  LogServer waiting({Refuse(400,
                            "container \"c\" in pod \"p\" is waiting to start: "
                            "PodInitializing")});
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(waiting, lines),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("cannot read the log of container `c` of pod "
                                 "`p`: container \"c\"")));
  LogServer wrong({Refuse(400, "container x is not valid for pod p")});
  EXPECT_THAT(Follow(wrong, lines),
              StatusIs(absl::StatusCode::kInvalidArgument));
  LogServer gone({CutAfter(Line("01.1", "a")), Refuse(404, "no pod")});
  EXPECT_THAT(Follow(gone, lines), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(lines, ElementsAre("a"));
}

TEST(LogTest, GivesUpWhenNothingAnswers) {
  LogServer server({Refuse(503, "one"), Refuse(503, "two")}, 0);
  LogOptions options = Options();
  options.give_up_after = absl::ZeroDuration();
  std::vector<std::string> lines;
  options.has_ended = []() -> absl::StatusOr<bool> { return false; };
  // There is always a second attempt.
  EXPECT_THAT(Follow(server, lines, options),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("two")));
}

// A build may be quiet for longer than failures are put up with.
TEST(LogTest, QuietIsNoFailure) {
  const Step quiet_then_cut = [](Conversation& c) {
    c.StartChunks(200);
    c.Chunk(Line("01.1", "a"));
    absl::SleepFor(absl::Milliseconds(300));
    return false;
  };
  LogServer server({quiet_then_cut,
                    Whole(Line("01.1", "a") + Line("02.1", "b")),
                    Whole(Line("02.1", "b"))});
  LogOptions options = Options();
  options.give_up_after = absl::Milliseconds(100);
  options.has_ended = [&]() -> absl::StatusOr<bool> {
    return server.requests().size() == 2;
  };
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines, options), IsOk());
  EXPECT_THAT(lines, ElementsAre("a", "b"));
}

// After a suspend, or when an administrator sets the clock.
TEST(LogTest, AStepOfTheWallClockIsNoTime) {
  for (const absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    std::optional<WallClockStep> clock;
    const Step cut = [](Conversation&) { return false; };
    const Step cut_and_step = [&](Conversation&) {
      clock.emplace(step);
      return false;
    };
    LogServer server({CutAfter(Line("01.1", "a")), cut, cut_and_step, cut,
                      Whole(Line("01.1", "a") + Line("02.1", "b")),
                      Whole(Line("02.1", "b"))});
    LogOptions options = Options();
    options.has_ended = [&]() -> absl::StatusOr<bool> {
      return server.requests().size() >= 5;
    };
    std::vector<std::string> lines;
    EXPECT_THAT(Follow(server, lines, options), IsOk());
    EXPECT_THAT(lines, ElementsAre("a", "b"));
  }
}

TEST(LogTest, StopsWhenToldTo) {
  LogServer server({[](Conversation& c) {
    c.StartChunks(200);
    c.Chunk(Line("01.1", "a") + Line("01.2", "b"));
    c.WaitForClose();
    return false;
  }});
  std::vector<std::string> lines;
  EXPECT_THAT(FollowLog(
                  *ClientOf(server.server()), Options(),
                  [&](absl::Time, absl::string_view line) {
                    lines.emplace_back(line);
                    return false;
                  },
                  nullptr),
              IsOk());
  EXPECT_THAT(lines, ElementsAre("a"));
}

TEST(LogTest, CancellationEndsIt) {
  Cancellation cancel;
  Event silent;
  LogServer server({[&](Conversation& c) {
    c.StartChunks(200);
    silent.Notify();
    c.WaitForClose();
    return false;
  }});
  std::thread canceller([&] {
    silent.Wait();
    cancel.Cancel();
  });
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(server, lines, Options(), &cancel),
              StatusIs(absl::StatusCode::kCancelled));
  canceller.join();
}

TEST(LogTest, Tail) {
  LogServer server({Whole("a\nb\n")});
  const auto text = TailLog(*ClientOf(server.server()), Options(), 2, nullptr);
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(*text, "a\nb\n");
}

}  // namespace
}  // namespace ovenbird::kube
