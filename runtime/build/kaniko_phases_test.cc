#include "runtime/build/kaniko_phases.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/build/observer.h"
#include "runtime/build/timeline.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;

constexpr char kDockerfile[] =
    "ARG V=12\n"
    "FROM debian:$V AS build\n"
    "WORKDIR /src\n"
    "COPY . .\n"
    "RUN make \\\n"
    "    all\n"
    "FROM debian:12 AS unused\n"
    "RUN unused\n"
    "FROM scratch\n"
    "COPY --from=build /src/app /app\n"
    "ENTRYPOINT [\"/app\"]\n";

// Keeps the phases, each with what has happened to it.
class PhaseObserver : public Observer {
 public:
  void Step(absl::string_view) override {}
  void Log(absl::string_view) override {}
  void Warn(absl::string_view) override {}
  void Enter(const Phase& phase) override {
    labels.push_back(absl::StrCat(
        Label(phase),
        phase.kind == PhaseKind::kStep ? absl::StrCat(" of ", phase.stage) : "",
        phase.cached ? " cached" : ""));
  }
  void Mark(absl::string_view, PhaseMark mark) override {
    if (mark == PhaseMark::kCached) labels.back() += " found";
  }

  std::vector<std::string> labels;
};

std::vector<std::string> PhasesOf(const std::vector<std::string>& log) {
  const SourceFile file("Dockerfile", kDockerfile);
  PhaseObserver observer;
  KanikoPhases phases(&file, nullptr, observer);
  for (const std::string& line : log) phases.Add(line);
  return observer.labels;
}

// As version 0.17.1 writes it.
TEST(KanikoPhasesTest, StepsKnowTheirPlaceInTheDockerfile) {
  EXPECT_THAT(
      PhasesOf({"INFO[0000] Resolved base name debian:12 to build",
                "INFO[0000] Retrieving image manifest debian:12",
                "INFO[0001] Retrieving image manifest debian:12",
                "INFO[0001] Executing 0 build triggers",
                "INFO[0001] Unpacking rootfs as cmd COPY . . requires it.",
                "INFO[0003] WORKDIR /src",
                "INFO[0003] cmd: workdir",
                "INFO[0003] COPY . .",
                "INFO[0003] Taking snapshot of files...",
                "INFO[0003] RUN make     all",
                "INFO[0003] Running: [/bin/sh -c make     all]",
                "cc -c a.c",
                "INFO[0009] Taking snapshot of full filesystem...",
                "INFO[0010] Saving file src/app for later use",
                "INFO[0010] Deleting filesystem...",
                "INFO[0010] No base image, nothing to extract",
                "INFO[0010] Executing 0 build triggers",
                "INFO[0010] COPY --from=build /src/app /app",
                "INFO[0010] ENTRYPOINT [\"/app\"]",
                "INFO[0010] Pushing image to r.io/app:1",
                "INFO[0011] Pushed r.io/app@sha256:00",
                "INFO[0011] Pushing image to r.io/app:2"}),
      ElementsAre("FROM", "FROM debian:12", "[1/6] WORKDIR /src of 0",
                  "[2/6] COPY . . of 0", "[3/6] RUN make all of 0", "save",
                  "FROM", "[5/6] COPY --from=build /src/app /app of 2",
                  "[6/6] ENTRYPOINT [\"/app\"] of 2", "push r.io/app:1",
                  "push r.io/app:2"));
}

TEST(KanikoPhasesTest, StepsOfTheCacheAreMarked) {
  EXPECT_THAT(
      PhasesOf({"INFO[0000] Building stage 'debian:12' [idx: '0', base-idx: "
                "'-1']",
                "INFO[0000] Checking for cached layer r.io/cache:1...",
                "INFO[0000] Using caching version of cmd: RUN make     all",
                "INFO[0000] No cached layer found for cmd RUN unused",
                "INFO[0001] COPY . .", "INFO[0001] RUN make     all",
                "INFO[0001] Found cached layer, extracting to filesystem",
                "INFO[0001] RUN make all", "INFO[0002] COPY . .",
                "INFO[0002] Found cached layer, extracting to filesystem",
                "INFO[0002] Pushing image to r.io/app",
                "INFO[0002] Found cached layer, extracting to filesystem"}),
      ElementsAre("FROM", "FROM debian:12", "[2/6] COPY . . of 0",
                  "[3/6] RUN make all of 0 cached found",
                  "[4/6] RUN make all of 0", "[5/6] COPY . . of 0 found",
                  "push r.io/app"));
}

// A base image's, which the Dockerfile does not have.
TEST(KanikoPhasesTest, ATriggerTakesTheNextNumber) {
  EXPECT_THAT(
      PhasesOf({"INFO Executing 1 build triggers", "INFO RUN of the base",
                "INFO WORKDIR /src", "INFO COPY . ."}),
      ElementsAre("FROM", "[1/6] RUN of the base of -1",
                  "[1/6] WORKDIR /src of 0", "[2/6] COPY . . of 0"));
}

TEST(KanikoPhasesTest, OutputOfCommandsIsNotRead) {
  EXPECT_THAT(PhasesOf({"Pushing image to r", "Retrieving image manifest x",
                        "RUN x", "WARN RUN make", ""}),
              ElementsAre("FROM"));
  EXPECT_THAT(PhasesOf({"INFO Pushing image to r", "INFO Unpacking rootfs",
                        "INFO Deleting filesystem...",
                        "INFO Retrieving image manifest x"}),
              ElementsAre("FROM", "push r"));
}

TEST(KanikoPhasesTest, WithoutADockerfileStepsAreCounted) {
  PhaseObserver observer;
  KanikoPhases phases(nullptr, nullptr, observer);
  const std::string script(5000, 'x');
  phases.Add(absl::StrCat("INFO RUN ", script));
  ASSERT_EQ(observer.labels.size(), 2u);
  EXPECT_LT(observer.labels[1].size(), 1100u);
  phases.Add("INFO RUN b");
  EXPECT_EQ(observer.labels[2], "RUN b of -1");
}

}  // namespace
}  // namespace ovenbird::build
