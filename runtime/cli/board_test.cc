#include "runtime/cli/board.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

using ::testing::ElementsAre;

const absl::Time kStart = absl::FromUnixSeconds(1000);

BoardRow Row(const std::string& key, RowState state, const std::string& step) {
  BoardRow row;
  row.key = key;
  row.state = state;
  row.step = step;
  if (state != RowState::kWaiting) row.started = kStart;
  return row;
}

std::vector<BoardRow> Rows() {
  std::vector<BoardRow> rows = {
      Row("base", RowState::kBuilt, "built"),
      Row("api", RowState::kRunning, "RUN npm ci --no-audit --no-fund"),
      Row("web", RowState::kRunning, "sending the context"),
      Row("end-to-end-tests", RowState::kWaiting, "waiting for api"),
      Row("docs", RowState::kFailed, "failed: RUN make exited with code 2"),
  };
  rows[0].ended = kStart + absl::Seconds(31);
  rows[1].instruction = 3;
  rows[1].instructions = 9;
  rows[1].log = {"added 12 packages", "added 813 packages in 41s"};
  rows[2].progress = "sent 12.3 of 350.0 MB, 8.1 MB/s, 0:42 left";
  rows[4].ended = kStart + absl::Seconds(64);
  return rows;
}

std::vector<std::string> Draw(const std::vector<BoardRow>& rows, size_t width,
                              size_t height) {
  std::vector<std::string> texts;
  for (const BoardLine& line :
       DrawBoard(rows, {width, height}, kStart, kStart + absl::Seconds(65))) {
    texts.push_back(line.text);
  }
  return texts;
}

TEST(BoardTest, HasALineForEachImage) {
  EXPECT_THAT(Draw(Rows(), 80, 24),
              ElementsAre("base              built                             "
                          "                       0:31",
                          "api               [3/9] RUN npm ci --no-audit "
                          "--no-fund                    1:05",
                          "  added 12 packages", "  added 813 packages in 41s",
                          "web               sent 12.3 of 350.0 MB, 8.1 MB/s, "
                          "0:42 left               1:05",
                          "end-to-end-tests  waiting for api                   "
                          "                           ",
                          "docs              failed: RUN make exited with code "
                          "2                      1:04",
                          "1 built, 1 failed, 2 running, 1 waiting  1:05"));
}

TEST(BoardTest, FitsIntoFortyColumns) {
  EXPECT_THAT(Draw(Rows(), 40, 24),
              ElementsAre("base           built               0:31",
                          "api            [3/9] RUN npm ci -- 1:05",
                          "  added 12 packages", "  added 813 packages in 41s",
                          "web            sent 12.3 of 350.0  1:05",
                          "end-to-end-te  waiting for api         ",
                          "docs           failed: RUN make ex 1:04",
                          "1 built, 1 failed, 2 running, 1 waiting"));
}

TEST(BoardTest, WhatDoesNotFitIsCounted) {
  EXPECT_THAT(Draw(Rows(), 40, 6),
              ElementsAre("api            [3/9] RUN npm ci -- 1:05",
                          "web            sent 12.3 of 350.0  1:05",
                          "docs           failed: RUN make ex 1:04",
                          "and 2 more: 1 built, 1 waiting",
                          "1 built, 1 failed, 2 running, 1 waiting"));
}

TEST(BoardTest, NeverWiderNorHigherThanTheTerminal) {
  std::vector<BoardRow> rows;
  for (int i = 0; i < 200; ++i) {
    rows.push_back(Row(absl::StrCat("image-", i, "-\u00FC\u4E2D"),
                       static_cast<RowState>(i % 5),
                       std::string(static_cast<size_t>(i), 'x') + "\u4E2D"));
    for (int line = 0; line < i % 12; ++line) {
      rows.back().log.push_back(std::string(119, 'x') + "\u00E9\u4E2D");
    }
  }
  for (size_t width : {20, 21, 40, 80, 200}) {
    for (size_t height : {4, 5, 24, 300}) {
      const std::vector<std::string> lines = Draw(rows, width, height);
      EXPECT_LT(lines.size(), height);
      for (const std::string& line : lines) {
        EXPECT_LT(report::VisibleWidth(line), static_cast<int>(width)) << line;
      }
    }
  }
}

TEST(BoardTest, StatesHaveColors) {
  std::vector<std::string> colors;
  for (const BoardLine& line : DrawBoard(Rows(), {80, 24}, kStart, kStart)) {
    colors.push_back(std::string(line.color));
  }
  EXPECT_THAT(colors, ElementsAre("\x1B[32m", "", "\x1B[2m", "\x1B[2m", "",
                                  "\x1B[2m", "\x1B[31m", ""));
}

TEST(BoardTest, CutsWholeCharacters) {
  EXPECT_EQ(Cut("a\u00FCb", 2), "a\u00FC");
  EXPECT_EQ(Cut("a\u4E2Db", 2), "a");
  EXPECT_EQ(Cut("a\u4E2Db", 3), "a\u4E2D");
  EXPECT_EQ(Cut("ab", 3), "ab");
}

TEST(BoardTest, AnInstructionBeyondTheLastHasNoNumber) {
  BoardRow row = Row("app", RowState::kRunning, "RUN of ONBUILD");
  row.instruction = 4;
  row.instructions = 3;
  EXPECT_EQ(Doing(row), "RUN of ONBUILD");
}

TEST(BoardTest, HoursAreShownFromOneOn) {
  EXPECT_EQ(Elapsed(absl::Seconds(3599)), "59:59");
  EXPECT_EQ(Elapsed(absl::Seconds(3723)), "1:02:03");
  EXPECT_EQ(Elapsed(absl::Milliseconds(999)), "0:00");
  EXPECT_EQ(Elapsed(absl::Seconds(-1)), "0:00");
}

}  // namespace
}  // namespace ovenbird::cli
