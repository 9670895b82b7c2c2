#include "runtime/build/timeline.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Labels(const Timeline& timeline) {
  std::vector<std::string> labels;
  for (const Phase& phase : timeline.phases) {
    labels.push_back(phase.platform.empty()
                         ? Label(phase)
                         : phase.platform + ": " + Label(phase));
  }
  return labels;
}

Phase Step(const std::string& text, int number) {
  Phase step;
  step.kind = PhaseKind::kStep;
  step.text = text;
  step.number = number;
  step.count = 9;
  return step;
}

TEST(PhaseTest, LabelsAreWhatUsersKnow) {
  EXPECT_EQ(Label(Step("RUN npm ci", 2)), "[2/9] RUN npm ci");
  EXPECT_EQ(Label({.kind = PhaseKind::kStep, .text = "RUN x"}), "RUN x");
  EXPECT_EQ(Label({.kind = PhaseKind::kBase, .text = "debian:12"}),
            "FROM debian:12");
  EXPECT_EQ(Label({.kind = PhaseKind::kWait, .text = "base"}), "wait for base");
  EXPECT_EQ(Label({.kind = PhaseKind::kWait}), "wait");
  EXPECT_EQ(Label({.kind = PhaseKind::kUpload}), "upload");
}

// A base image can bring triggers, which the Dockerfile does not count.
TEST(PhaseTest, ANumberAboveTheCountIsNotShown) {
  EXPECT_EQ(Label(Step("RUN x", 10)), "RUN x");
}

TEST(TimelineTest, EachPhaseEndsWhenTheNextBegins) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  recorder.EnterSince({.kind = PhaseKind::kWait},
                      clock.Now() - absl::Minutes(1));
  recorder.Enter({.kind = PhaseKind::kUpload});
  recorder.Enter(Step("RUN a", 1));
  recorder.Mark("", PhaseMark::kCached);
  recorder.Enter(Step("RUN b", 2));
  const Timeline timeline = recorder.Finish(false);
  EXPECT_THAT(Labels(timeline),
              ElementsAre("wait", "upload", "[1/9] RUN a", "[2/9] RUN b"));
  for (size_t i = 1; i < timeline.phases.size(); ++i) {
    EXPECT_EQ(timeline.phases[i - 1].end, timeline.phases[i].start) << i;
    EXPECT_LE(timeline.phases[i].start, timeline.phases[i].end) << i;
    EXPECT_FALSE(timeline.phases[i].failed) << i;
  }
  EXPECT_GE(timeline.phases[0].end - timeline.phases[0].start,
            absl::Minutes(1));
  EXPECT_TRUE(timeline.phases[2].cached);
  EXPECT_FALSE(timeline.phases[3].cached);
}

TEST(TimelineTest, TheSamePhaseGoesOn) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  recorder.Enter({.kind = PhaseKind::kPrepare});
  recorder.Enter({.kind = PhaseKind::kPrepare});
  recorder.Enter({.kind = PhaseKind::kPull, .text = "a"});
  recorder.Enter({.kind = PhaseKind::kPull, .text = "b"});
  recorder.Enter(Step("RUN a", 1));
  recorder.Enter(Step("RUN a", 1));
  EXPECT_THAT(
      Labels(recorder.Finish(false)),
      ElementsAre("prepare", "pull a", "pull b", "[1/9] RUN a", "[1/9] RUN a"));
}

// Logs arrive late.
TEST(TimelineTest, APhaseBeganBeforeItIsKnown) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  const absl::Time begin = clock.Now() - absl::Minutes(10);
  recorder.EnterSince({.kind = PhaseKind::kStart}, begin);
  Phase first = Step("RUN a", 1);
  first.ago = absl::Minutes(3);
  const absl::Time start = recorder.Enter(first);
  Phase second = Step("RUN b", 2);
  second.ago = absl::Minutes(1);
  recorder.Enter(second);
  const Timeline timeline = recorder.Finish(false);
  const std::vector<Phase>& phases = timeline.phases;
  ASSERT_EQ(phases.size(), 3u);
  EXPECT_EQ(phases[1].start, start);
  EXPECT_EQ(phases[0].end, start);
  EXPECT_EQ(phases[1].end, phases[2].start);
  EXPECT_EQ(phases[1].ago, absl::ZeroDuration());
  const absl::Duration took = phases[1].end - phases[1].start;
  EXPECT_GE(took, absl::Minutes(2) - absl::Seconds(20));
  EXPECT_LE(took, absl::Minutes(2) + absl::Seconds(20));
  EXPECT_GE(phases[2].end - phases[2].start, absl::Minutes(1));
}

// Clocks differ: times stay in order, and in the phase they belong to.
TEST(TimelineTest, NoPhaseBeginsBeforeTheOneThatItEnds) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  const absl::Time begin = clock.Now();
  recorder.Enter({.kind = PhaseKind::kStart});
  Phase step = Step("RUN a", 1);
  step.ago = absl::Hours(1);
  EXPECT_GE(recorder.Enter(step), begin);
  step.ago = -absl::Hours(1);
  const absl::Time start = recorder.Enter(step);
  EXPECT_LE(start, clock.Now());
  recorder.Enter({.kind = PhaseKind::kPush});
  const Timeline timeline = recorder.Finish(false);
  for (size_t i = 1; i < timeline.phases.size(); ++i) {
    EXPECT_EQ(timeline.phases[i - 1].end, timeline.phases[i].start) << i;
    EXPECT_LE(timeline.phases[i].start, timeline.phases[i].end) << i;
  }
}

// kaniko's first line comes after the news that it runs.
TEST(TimelineTest, APhaseThatGoesOnMovesBack) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  const absl::Time begin = clock.Now() - absl::Minutes(10);
  recorder.EnterSince({.kind = PhaseKind::kPrepare}, begin);
  recorder.EnterSince({.kind = PhaseKind::kStart}, begin + absl::Minutes(1));
  recorder.Enter({.kind = PhaseKind::kBase});
  const absl::Time start =
      recorder.Enter({.kind = PhaseKind::kBase, .ago = absl::Minutes(2)});
  EXPECT_LE(start, clock.Now() - absl::Minutes(2));
  EXPECT_EQ(recorder.Enter({.kind = PhaseKind::kBase}), start);
  recorder.Enter({.kind = PhaseKind::kBase, .ago = absl::Hours(1)});
  const Timeline timeline = recorder.Finish(false);
  const std::vector<Phase>& phases = timeline.phases;
  ASSERT_EQ(phases.size(), 3u);
  EXPECT_EQ(phases[0].end, begin + absl::Minutes(1));
  EXPECT_EQ(phases[1].start, begin + absl::Minutes(1));
  EXPECT_EQ(phases[1].end, phases[1].start);
  EXPECT_EQ(phases[2].start, phases[1].start);
}

TEST(TimelineTest, ALateLogOfAPlatformMovesOnlyItsOwn) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  const absl::Time begin = clock.Now() - absl::Minutes(10);
  recorder.EnterSince({.kind = PhaseKind::kStart, .platform = "a"}, begin);
  recorder.EnterSince({.kind = PhaseKind::kStart, .platform = "b"},
                      begin + absl::Minutes(9));
  recorder.Enter(
      {.kind = PhaseKind::kBase, .platform = "a", .ago = absl::Minutes(5)});
  const Timeline timeline = recorder.Finish(false);
  EXPECT_THAT(Labels(timeline), ElementsAre("a: start", "a: FROM", "b: start"));
  EXPECT_EQ(timeline.phases[0].end, timeline.phases[1].start);
  EXPECT_EQ(timeline.phases[2].start, begin + absl::Minutes(9));
}

TEST(TimelineTest, PlatformsOverlap) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  recorder.Enter({.kind = PhaseKind::kPrepare});
  recorder.Enter({.kind = PhaseKind::kUpload, .platform = "linux/arm64"});
  recorder.Enter({.kind = PhaseKind::kPull, .platform = "linux/amd64"});
  recorder.Enter({.kind = PhaseKind::kStart, .platform = "linux/amd64"});
  recorder.Mark("linux/amd64", PhaseMark::kEnded);
  recorder.Mark("linux/amd64", PhaseMark::kCached);  // none is open
  recorder.Enter({.kind = PhaseKind::kPush, .text = "index"});
  const Timeline timeline = recorder.Finish(false);
  EXPECT_THAT(Labels(timeline),
              ElementsAre("prepare", "linux/arm64: upload", "linux/amd64: pull",
                          "linux/amd64: start", "push index"));
  const std::vector<Phase>& phases = timeline.phases;
  EXPECT_EQ(phases[0].end, phases[1].start);
  EXPECT_EQ(phases[1].end, phases[4].start);
  EXPECT_EQ(phases[2].end, phases[3].start);
  EXPECT_LT(phases[3].end, phases[4].start);
  EXPECT_FALSE(phases[3].cached);
}

TEST(TimelineTest, APhaseHasFailedThatDidNotCleanUp) {
  const RunClock clock;
  TimelineRecorder unmarked(&clock);
  unmarked.Enter(Step("RUN a", 1));
  unmarked.Enter(Step("RUN b", 2));
  unmarked.Enter({.kind = PhaseKind::kCleanUp});
  EXPECT_TRUE(unmarked.Finish(true).phases[1].failed);

  TimelineRecorder marked(&clock);
  marked.Enter(Step("RUN a", 1));
  marked.Mark("", PhaseMark::kFailed);
  marked.Enter({.kind = PhaseKind::kCleanUp});
  const Timeline timeline = marked.Finish(true);
  EXPECT_TRUE(timeline.phases[0].failed);
  EXPECT_FALSE(timeline.phases[1].failed);
  EXPECT_THAT(TimelineRecorder(&clock).Finish(true).phases, ElementsAre());
}

// As after a pod that was evicted, and whose image is then pushed.
TEST(TimelineTest, ARepeatedAttemptIsNotTheFailureOfTheBuild) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  recorder.Enter({.kind = PhaseKind::kBase, .platform = "linux/arm64"});
  recorder.Mark("linux/arm64", PhaseMark::kFailed);
  recorder.Enter({.kind = PhaseKind::kCleanUp, .platform = "linux/arm64"});
  recorder.Mark("linux/arm64", PhaseMark::kFailed);
  recorder.Enter({.kind = PhaseKind::kBase, .platform = "linux/arm64"});
  recorder.Enter({.kind = PhaseKind::kHooks});
  const Timeline timeline = recorder.Finish(true);
  ASSERT_EQ(timeline.phases.size(), 4u);
  EXPECT_TRUE(timeline.phases[0].failed);
  EXPECT_FALSE(timeline.phases[1].failed);
  EXPECT_FALSE(timeline.phases[2].failed);
  EXPECT_TRUE(timeline.phases[3].failed);
  EXPECT_TRUE(WentOnAfter(timeline, 0));
  EXPECT_FALSE(WentOnAfter(timeline, 3));
}

// Another platform that goes on repeats nothing.
TEST(TimelineTest, APlatformFailsOnItsOwn) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  recorder.Enter({.kind = PhaseKind::kBase, .platform = "linux/arm64"});
  recorder.Mark("linux/arm64", PhaseMark::kFailed);
  recorder.Enter({.kind = PhaseKind::kBase, .platform = "linux/amd64"});
  recorder.Enter({.kind = PhaseKind::kPush, .platform = "linux/amd64"});
  const Timeline timeline = recorder.Finish(true);
  EXPECT_TRUE(timeline.phases[0].failed);
  EXPECT_FALSE(timeline.phases[2].failed);
}

// A RUN can print lines that look as kaniko's.
TEST(TimelineTest, StepsAreBounded) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  for (size_t i = 0; i < TimelineRecorder::kMostPhases + 10; ++i) {
    recorder.Enter(Step("RUN x", 1));
  }
  recorder.Enter({.kind = PhaseKind::kPush});
  const Timeline timeline = recorder.Finish(false);
  EXPECT_EQ(timeline.phases.size(), TimelineRecorder::kMostPhases + 1);
  EXPECT_EQ(timeline.phases.back().kind, PhaseKind::kPush);
}

TEST(TimelineTest, PhasesOfAllKindsAreBounded) {
  const RunClock clock;
  TimelineRecorder recorder(&clock);
  constexpr size_t kMost = TimelineRecorder::kMostPhases;
  for (size_t i = 0; i < kMost + 10; ++i) {
    recorder.Enter({.kind = PhaseKind::kBase, .text = absl::StrCat(i)});
    recorder.Enter({.kind = PhaseKind::kSave, .text = absl::StrCat(i)});
  }
  for (size_t i = 0; i < kMost; ++i) {
    recorder.Enter({.kind = PhaseKind::kPush, .text = absl::StrCat(i)});
  }
  recorder.Enter({.kind = PhaseKind::kCleanUp});
  EXPECT_EQ(recorder.Finish(false).phases.size(),
            kMost + TimelineRecorder::kMostLastPhases);
}

TEST(RunClockTest, ShowsTheWallClock) {
  const absl::Time before = absl::Now();
  const RunClock clock;
  EXPECT_LT(clock.Now() - before, absl::Minutes(1));
  EXPECT_GE(clock.Now(), before - absl::Milliseconds(1));
}

}  // namespace
}  // namespace ovenbird::build
