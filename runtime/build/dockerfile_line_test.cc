#include "runtime/build/dockerfile_line.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;

constexpr char kDockerfile[] =
    "FROM a\n"
    "RUN make \\\n"
    "    all\n"
    "COPY --chown=1:1 x /\n"
    "RUN twice\n"
    "RUN twice\n"
    "  RUN last || \\\n"
    "  # a comment\n"
    "  exit 7\n";

TEST(DockerfileLineTest, InstructionsOfTheLog) {
  struct {
    const char* line;
    const char* instruction;
  } cases[] = {
      {"INFO RUN make all", "RUN make all"},
      {"INFO[0012] RUN make all", "RUN make all"},
      {"INFO COPY a /", "COPY a /"},
      {"INFO Running: [/bin/sh -c make all]", ""},
      {"INFO Taking snapshot of full filesystem...", ""},
      {"WARN RUN make", ""},
      {"RUN make", ""},
      {"INFO[", ""},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(InstructionOf(test.line), test.instruction) << test.line;
  }
}

TEST(DockerfileLineTest, StepsThatAreAnnounced) {
  const SourceFile file("Dockerfile", kDockerfile);
  EXPECT_THAT(
      AnnouncedSteps(file, nullptr),
      ElementsAre(AnnouncedStep{"RUN make all", 0},
                  AnnouncedStep{"COPY --chown=1:1 x /", 0},
                  AnnouncedStep{"RUN twice", 0}, AnnouncedStep{"RUN twice", 0},
                  AnnouncedStep{"RUN last || exit 7", 0}));
  rewrite::Rewritten sent;
  sent.text = "ARG A\nFROM a\nrun x\nFROM b\nSTOPSIGNAL 9\n";
  EXPECT_THAT(
      AnnouncedSteps(file, &sent),
      ElementsAre(AnnouncedStep{"RUN x", 0}, AnnouncedStep{"STOPSIGNAL 9", 1}));
}

TEST(DockerfileLineTest, WhatALineSays) {
  EXPECT_EQ(InfoOf("INFO[0012] Taking snapshot...  "), "Taking snapshot...");
  EXPECT_EQ(InfoOf("INFO Pushing image to r"), "Pushing image to r");
  EXPECT_EQ(InfoOf("WARN x"), "");
  EXPECT_EQ(InfoOf("INFO[0012"), "");
}

TEST(DockerfileLineTest, WhereItFailed) {
  struct {
    const char* error;
    const char* instruction;
    const char* place;
  } cases[] = {
      {"error building image: parsing dockerfile: dockerfile parse error on "
       "line 4: unknown instruction: COPPY (did you mean COPY?)",
       "", "app/Dockerfile:4: COPY --chown=1:1 x /"},
      {"Dockerfile parse error line 2: Unknown flag: mount", "",
       "app/Dockerfile:2: RUN make \\"},
      {"parse error on line 400: x", "", ""},
      {"failed to execute command", "RUN make     all",
       "app/Dockerfile:2: RUN make \\"},
      {"failed to execute command", "COPY --chown=1:1 x /",
       "app/Dockerfile:4: COPY --chown=1:1 x /"},
      {"failed to execute command", "RUN last ||   exit 7",
       "app/Dockerfile:7: RUN last || \\"},
      // Which of both is not known.
      {"failed to execute command", "RUN twice", ""},
      {"failed to execute command", "RUN other", ""},
      {"failed to execute command", "", ""},
  };
  SourceFile file("app/Dockerfile", kDockerfile);
  for (const auto& test : cases) {
    EXPECT_EQ(FailedLine(file, test.error, test.instruction), test.place);
  }
}

}  // namespace
}  // namespace ovenbird::build
