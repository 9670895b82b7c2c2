#include "runtime/cli/events.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/build/result.h"
#include "runtime/build/timeline.h"
#include "runtime/cli/event_record.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {
namespace {

const absl::Time kNow = absl::UnixEpoch() + absl::Milliseconds(1234);

std::string Line(output::Event event) {
  return EventLine(std::move(event), report::Mask(), kNow);
}

TEST(EventsTest, OneObjectOnEachLine) {
  EXPECT_EQ(Line(RunStartedEvent("1.2")),
            R"({"time":"1970-01-01T00:00:01.234Z","event":"run-started",)"
            R"("schemaVersion":1,"version":"1.2"})"
            "\n");
  EXPECT_EQ(Line(TextEvent(output::EventKind::kLog, "app", "a\n\"b\"\x1B[0m")),
            R"({"time":"1970-01-01T00:00:01.234Z","event":"log",)"
            R"("image":"app","text":"a\n\"b\"\u001b[0m"})"
            "\n");
  EXPECT_EQ(Line(TextEvent(output::EventKind::kMessage, "", "x")),
            R"({"time":"1970-01-01T00:00:01.234Z","event":"message",)"
            R"("text":"x"})"
            "\n");
  EXPECT_EQ(Line(RunEndedEvent(0, std::nullopt)),
            R"({"time":"1970-01-01T00:00:01.234Z","event":"run-ended",)"
            R"("exitCode":0})"
            "\n");
}

TEST(EventsTest, AStepHasBegun) {
  EXPECT_EQ(Line(StepEvent("app",
                           {.kind = build::PhaseKind::kStep,
                            .text = "RUN npm ci",
                            .number = 3,
                            .count = 9},
                           kNow)),
            R"({"time":"1970-01-01T00:00:01.234Z","event":"step",)"
            R"("image":"app","step":{"kind":"step","text":"RUN npm ci",)"
            R"("number":3,"count":9,"start":"1970-01-01T00:00:01.234Z"}})"
            "\n");
}

// As it is in the result.
TEST(EventsTest, AStepMayHaveBegunBefore) {
  const output::Event event =
      StepEvent("app", {.start = kNow - absl::Seconds(1)}, kNow);
  EXPECT_EQ(event.step->start, "1970-01-01T00:00:00.234Z");
}

// The runner of GitHub reads `##[name]` anywhere in a line.
TEST(EventsTest, NoTextIsACommandOfARunner) {
  const std::string line =
      Line(TextEvent(output::EventKind::kLog, "", "x ###[error]y"));
  EXPECT_EQ(line.find("##["), std::string::npos) << line;
  EXPECT_EQ((*json::Parse(line))["text"].string_or(), "x ###[error]y");
}

// A password with a quote is another text in JSON.
TEST(EventsTest, PasswordsAreInNone) {
  const std::string secret = "s3\"cret";
  const report::Mask mask({secret});
  build::Failure failure;
  failure.what = secret;
  failure.details = {secret};
  failure.hint = secret;
  build::ImageResult image;
  image.key = "app";
  image.warnings = {secret};
  image.failure = failure;
  image.timeline.phases.push_back({.text = secret});
  std::string all;
  for (const output::Event& event :
       {TextEvent(output::EventKind::kProgress, "app", secret),
        StepEvent("app", {.text = secret}, kNow), EndEvent(image),
        RunEndedEvent(1, failure)}) {
    const std::string line = EventLine(event, mask, kNow);
    EXPECT_NE(line.find("***"), std::string::npos) << line;
    all += line;
  }
  EXPECT_EQ(all.find("cret"), std::string::npos) << all;
}

}  // namespace
}  // namespace ovenbird::cli
