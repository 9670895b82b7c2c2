#include "runtime/kube/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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
using ::ovenbird::kube::testing::Pod;
using ::ovenbird::kube::testing::QueryValue;
using ::ovenbird::kube::testing::StatusJson;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WallClockStep;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string List(int version, std::vector<json::Value> pods) {
  json::Value list;
  list.Set("metadata",
           json::Object{{"resourceVersion", absl::StrCat(version)}});
  list.Set("items", json::Array(pods.begin(), pods.end()));
  return json::Write(list);
}

std::string Event(absl::string_view type, json::Value object) {
  json::Value event;
  event.Set("type", type);
  event.Set("object", std::move(object));
  return json::Write(event) + "\n";
}

// What the server does with one request.
using Step = std::function<void(Conversation&, const net::Request&)>;

// Plays `steps`, one per request, and notes what was asked: "list" or
// "watch VERSION".
class Script {
 public:
  explicit Script(std::vector<Step> steps)
      : steps_(std::move(steps)), server_([this](Conversation& c) {
          while (const auto request = c.Next()) {
            const Step* step = NextStep(*request);
            if (step == nullptr) return c.WaitForClose();
            (*step)(c, *request);
          }
        }) {}

  const Server& server() const { return server_; }
  std::vector<std::string> requests() {
    MutexLock lock(&mutex_);
    return requests_;
  }

 private:
  const Step* NextStep(const net::Request& request) {
    MutexLock lock(&mutex_);
    requests_.push_back(
        QueryValue(request.target, "watch").empty()
            ? "list"
            : absl::StrCat("watch ",
                           QueryValue(request.target, "resourceVersion")));
    return next_ < steps_.size() ? &steps_[next_++] : nullptr;
  }

  const std::vector<Step> steps_;
  Mutex mutex_;
  size_t next_ = 0;
  std::vector<std::string> requests_;
  Server server_;
};

Step Reply(std::string body, int status = 200) {
  return [=](Conversation& c, const net::Request&) { c.Reply(status, body); };
}

// Sends the chunks and ends the stream, or leaves the client waiting.
Step Chunks(std::vector<std::string> chunks, bool end = true) {
  return [=](Conversation& c, const net::Request&) {
    c.StartChunks(200);
    for (const std::string& chunk : chunks) c.Chunk(chunk);
    if (end) {
      c.Chunk("");
    } else {
      c.WaitForClose();
    }
  };
}

std::string Text(const WatchEvent& event) {
  const char* kTypes[] = {"added", "modified", "deleted", "synced"};
  const json::Value& metadata = event.object["metadata"];
  return absl::StrCat(kTypes[static_cast<int>(event.type)], " ",
                      metadata["name"].string_or(), " ",
                      metadata["resourceVersion"].string_or());
}

// Runs a watch until `count` events have come.
std::vector<std::string> Play(Script& script, size_t count,
                              absl::Status want = absl::OkStatus()) {
  WatchOptions options;
  options.resource = {.plural = "pods", .name_space = "ns"};
  options.backoff = NoPause();
  std::vector<std::string> events;
  const auto client = ClientOf(script.server());
  const absl::Status status = Watch(
      *client, options,
      [&](const WatchEvent& event) {
        events.push_back(Text(event));
        return events.size() < count;
      },
      nullptr);
  EXPECT_EQ(status.code(), want.code()) << status;
  return events;
}

TEST(WatchTest, ListsThenFollows) {
  Script script(
      {Reply(List(10, {Pod("a", 7), Pod("b", 8)})),
       Chunks({Event("MODIFIED", Pod("a", 11)), Event("ADDED", Pod("c", 12)),
               Event("DELETED", Pod("b", 13))},
              false)});
  EXPECT_THAT(Play(script, 6),
              ElementsAre("added a 7", "added b 8", "synced  ", "modified a 11",
                          "added c 12", "deleted b 13"));
  EXPECT_THAT(script.requests(), ElementsAre("list", "watch 10"));
}

TEST(WatchTest, EventsMayComeInAnyPieces) {
  const std::string two =
      Event("ADDED", Pod("a", 11)) + Event("ADDED", Pod("b", 12));
  Script script({Reply(List(10, {})),
                 Chunks({two.substr(0, 5), two.substr(5, two.size() - 10),
                         two.substr(two.size() - 5)},
                        false)});
  EXPECT_THAT(Play(script, 3),
              ElementsAre("synced  ", "added a 11", "added b 12"));
}

TEST(WatchTest, GoesOnFromTheLastVersionAndFromBookmarks) {
  Script script({Reply(List(10, {})), Chunks({Event("ADDED", Pod("a", 11))}),
                 Chunks({Event("BOOKMARK", Pod("", 20))}), Chunks({}),
                 Chunks({Event("MODIFIED", Pod("a", 21))}, false)});
  EXPECT_THAT(Play(script, 3),
              ElementsAre("synced  ", "added a 11", "modified a 21"));
  EXPECT_THAT(script.requests(), ElementsAre("list", "watch 10", "watch 11",
                                             "watch 20", "watch 20"));
}

TEST(WatchTest, AsksTheServerToEndEachWatchAfterAMinute) {
  Mutex mutex;  // It is the server's thread that writes.
  std::vector<std::string> limits;
  const Step note = [&](Conversation& c, const net::Request& request) {
    {
      MutexLock lock(&mutex);
      limits.push_back(QueryValue(request.target, "timeoutSeconds"));
    }
    Chunks({})(c, request);
  };
  Script script({Reply(List(10, {})), note, note,
                 Chunks({Event("ADDED", Pod("a", 11))}, false)});
  EXPECT_THAT(Play(script, 2), ElementsAre("synced  ", "added a 11"));
  {
    MutexLock lock(&mutex);
    EXPECT_THAT(limits, ElementsAre("60", "60"));
  }
  EXPECT_THAT(script.requests(),
              ElementsAre("list", "watch 10", "watch 10", "watch 10"));
}

// Not even the end of a watch comes from a server that has vanished. On a
// machine that stalls the second watch may count as silent, too.
TEST(WatchTest, OneOfWhichNothingIsHeardIsOpenedAgain) {
  const Step added = Chunks({Event("ADDED", Pod("a", 11))}, false);
  Script script({Reply(List(10, {})), Chunks({}, false), added, added, added});
  WatchOptions options;
  options.resource = {.plural = "pods", .name_space = "ns"};
  options.backoff = NoPause();
  options.missed_after = absl::Seconds(1);
  std::vector<std::string> events;
  const auto client = ClientOf(script.server());
  EXPECT_THAT(Watch(
                  *client, options,
                  [&](const WatchEvent& event) {
                    events.push_back(Text(event));
                    return events.size() < 2;
                  },
                  nullptr),
              IsOk());
  EXPECT_THAT(events, ElementsAre("synced  ", "added a 11"));
  const std::vector<std::string> requests = script.requests();
  ASSERT_GE(requests.size(), 3u);
  EXPECT_EQ(requests[2], "watch 10");
}

// A list makes up for what was missed: changes, ends, and another object with
// the name of one that has ended. Real servers say it in the stream; the HTTP
// status is the API's other way.
TEST(WatchTest, ListsAgainWhenTheVersionIsTooOld) {
  const std::string gone = StatusJson(410, "Expired", "too old");
  const json::Value status = *json::Parse(gone);
  for (const Step& refusal :
       {Chunks({Event("ERROR", status)}), Reply(gone, 410)}) {
    Script script(
        {Reply(List(10, {Pod("a", 1), Pod("b", 2), Pod("c", 3), Pod("d", 4)})),
         refusal,
         Reply(List(30, {Pod("a", 1), Pod("b", 22), Pod("c", 23, "other")})),
         Chunks({Event("ADDED", Pod("e", 31))}, false)});
    EXPECT_THAT(
        Play(script, 11),
        ElementsAre("added a 1", "added b 2", "added c 3", "added d 4",
                    "synced  ", "deleted d 4", "modified b 22", "deleted c 3",
                    "added c 23", "synced  ", "added e 31"));
    EXPECT_THAT(script.requests(),
                ElementsAre("list", "watch 10", "list", "watch 30"));
  }
}

// Some events come twice when a connection is opened again.
TEST(WatchTest, TellsNothingTwice) {
  Script script(
      {Reply(List(10, {Pod("a", 7)})),
       Chunks({Event("ADDED", Pod("a", 7)), Event("DELETED", Pod("x", 8)),
               Event("MODIFIED", Pod("a", 11)), Event("MODIFIED", Pod("a", 11)),
               Event("DELETED", Pod("a", 12, "older")),
               Event("DELETED", Pod("a", 13))},
              false)});
  EXPECT_THAT(Play(script, 4), ElementsAre("added a 7", "synced  ",
                                           "modified a 11", "deleted a 13"));
}

TEST(WatchTest, SurvivesErrorsThatPass) {
  Script script({Reply(List(10, {})),
                 Reply(StatusJson(503, "ServiceUnavailable", "wait"), 503),
                 Reply(StatusJson(500, "InternalError", "etcd"), 500),
                 Chunks({"not JSON\n"}),
                 Reply(StatusJson(429, "TooManyRequests", "slow"), 429),
                 Chunks({Event("ADDED", Pod("a", 11))}, false)});
  EXPECT_THAT(Play(script, 2), ElementsAre("synced  ", "added a 11"));
}

// After a suspend, or when an administrator sets the clock.
TEST(WatchTest, AStepOfTheWallClockIsNoTime) {
  for (const absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    std::optional<WallClockStep> clock;
    const Step wait = Reply(StatusJson(503, "ServiceUnavailable", "wait"), 503);
    const Step refuse = Reply(StatusJson(403, "Forbidden", "no"), 403);
    const auto then_step = [&](const Step& before) -> Step {
      return
          [&clock, step, before](Conversation& c, const net::Request& request) {
            clock.emplace(step);
            before(c, request);
          };
    };
    for (const Step& passing : {wait, refuse}) {
      clock.reset();
      Script script({Reply(List(10, {})), wait, passing, then_step(passing),
                     passing, Chunks({Event("ADDED", Pod("a", 11))}, false)});
      EXPECT_THAT(Play(script, 2), ElementsAre("synced  ", "added a 11"));
    }
  }
}

TEST(WatchTest, EndsWithErrorsThatDoNot) {
  for (const auto& [code, want] :
       {std::pair(403, absl::PermissionDeniedError("")),
        std::pair(404, absl::NotFoundError("")),
        std::pair(401, absl::UnauthenticatedError(""))}) {
    Script first({Reply(StatusJson(code, "R", "no"), code)});
    EXPECT_THAT(Play(first, 1, want), ElementsAre());
    Script later(
        {Reply(List(10, {})), Reply(StatusJson(code, "R", "no"), code)});
    EXPECT_THAT(Play(later, 2, want), ElementsAre("synced  "));
  }
}

// A server that has just started may not have read its rules yet.
TEST(WatchTest, AServerThatWasAwayMayRefuseForAMoment) {
  for (const int code : {401, 403}) {
    Script script({Reply(List(10, {})),
                   Reply(StatusJson(503, "ServiceUnavailable", "wait"), 503),
                   Reply(StatusJson(code, "R", "no"), code),
                   Reply(StatusJson(code, "R", "no"), code),
                   Chunks({Event("ADDED", Pod("a", 11))}),
                   Reply(StatusJson(code, "R", "no"), code)});
    EXPECT_THAT(Play(script, 3,
                     code == 401 ? absl::UnauthenticatedError("")
                                 : absl::PermissionDeniedError("")),
                ElementsAre("synced  ", "added a 11"));
  }
}

// What others have is neither told nor kept; nor is what was there before.
TEST(WatchTest, TellsOnlyWhatIsWantedAndNew) {
  std::vector<std::string> limits;
  const auto note = [&](const Step& step) -> Step {
    return [&limits, step](Conversation& c, const net::Request& request) {
      limits.push_back(QueryValue(request.target, "limit"));
      step(c, request);
    };
  };
  Script script(
      {note(Reply(List(10, {Pod("ours-old", 5)}))),
       Chunks({Event("ADDED", Pod("ours", 11)), Event("ADDED", Pod("b", 12)),
               Event("DELETED", Pod("b", 13))}),
       Reply(StatusJson(410, "Expired", "too old"), 410),
       note(Reply(List(20, {Pod("ours-old", 5), Pod("c", 19)})))});
  WatchOptions options;
  options.resource = {.plural = "pods", .name_space = "ns"};
  options.backoff = NoPause();
  options.only_new = true;
  options.wanted = [](const json::Value& pod) {
    return absl::StartsWith(pod.Get({"metadata", "name"}).string_or(), "ours");
  };
  int lists = 0;
  options.on_list = [&] { ++lists; };
  const auto client = ClientOf(script.server());
  std::vector<std::string> events;
  EXPECT_THAT(Watch(
                  *client, options,
                  [&](const WatchEvent& event) {
                    events.push_back(Text(event));
                    return events.size() < 5;
                  },
                  nullptr),
              IsOk());
  EXPECT_THAT(events,
              ElementsAre("synced  ", "added ours 11", "deleted ours 11",
                          "added ours-old 5", "synced  "));
  EXPECT_THAT(limits, ElementsAre("1", ""));
  EXPECT_EQ(lists, 2);
}

TEST(WatchTest, TellsOfAnOutageAndGivesUp) {
  Script script({Reply(List(10, {})),
                 Reply(StatusJson(503, "ServiceUnavailable", "one"), 503),
                 Chunks({Event("ADDED", Pod("a", 11))}),
                 Reply(StatusJson(503, "ServiceUnavailable", "two"), 503),
                 Reply(StatusJson(503, "ServiceUnavailable", "three"), 503)});
  WatchOptions options;
  options.resource = {.plural = "pods", .name_space = "ns"};
  options.backoff = NoPause();
  std::vector<std::string> outages;
  ClientOptions client_options;
  client_options.on_outage = [&](const absl::Status& status) {
    outages.push_back(std::string(status.message()));
  };
  const auto client = ClientOf(script.server(), client_options);
  int events = 0;
  const absl::Status status = Watch(
      *client, options,
      [&](const WatchEvent&) {
        if (++events == 2) options.give_up_after = absl::ZeroDuration();
        return true;
      },
      nullptr);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               HasSubstr("cannot watch pods: three")));
  EXPECT_THAT(outages, ElementsAre("cannot watch pods: one", "",
                                   "cannot watch pods: two"));
}

TEST(WatchTest, CancellationEndsIt) {
  Script script({Reply(List(10, {})), Chunks({}, false)});
  Cancellation cancel;
  WatchOptions options;
  options.resource = {.plural = "pods", .name_space = "ns"};
  const auto client = ClientOf(script.server());
  std::thread canceller;
  const absl::Status status = Watch(
      *client, options,
      [&](const WatchEvent&) {
        canceller = std::thread([&] { cancel.Cancel(); });
        return true;
      },
      &cancel);
  canceller.join();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled));
}

TEST(WatchTest, SelectorsGoWithListAndWatch) {
  std::vector<std::string> targets;
  const auto note = [&](const Step& step) -> Step {
    return [&targets, step](Conversation& c, const net::Request& request) {
      targets.push_back(
          absl::StrCat(QueryValue(request.target, "labelSelector"), " ",
                       QueryValue(request.target, "fieldSelector")));
      step(c, request);
    };
  };
  Script script({note(Reply(List(10, {}))),
                 note(Chunks({Event("ADDED", Pod("a", 11))}, false))});
  WatchOptions options;
  options.resource = {.plural = "pods", .name_space = "ns"};
  options.select = {"l", "f"};
  const auto client = ClientOf(script.server());
  int events = 0;
  EXPECT_THAT(Watch(
                  *client, options,
                  [&](const WatchEvent&) { return ++events < 2; }, nullptr),
              IsOk());
  EXPECT_THAT(targets, ElementsAre("l f", "l f"));
}

}  // namespace
}  // namespace ovenbird::kube
