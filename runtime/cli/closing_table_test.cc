#include "runtime/cli/closing_table.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/build/failure.h"
#include "runtime/build/result.h"
#include "runtime/build/timeline.h"
#include "runtime/cli/board.h"
#include "runtime/report/visible.h"
#include "tools/testing/golden.h"

namespace ovenbird::cli {
namespace {

using build::FailureKind;

build::ImageResult Image(const std::string& key) {
  build::ImageResult image;
  image.key = key;
  image.start = absl::UnixEpoch();
  image.duration = absl::Seconds(5);
  return image;
}

build::ImageResult Built(const std::string& key, char digit, int64_t bytes,
                         int cached, int steps) {
  build::ImageResult image = Image(key);
  image.digest = absl::StrCat("sha256:", std::string(64, digit));
  image.image_bytes = bytes;
  image.timeline.phases.push_back({.kind = build::PhaseKind::kUpload});
  for (int i = 0; i < steps; ++i) {
    image.timeline.phases.push_back({.kind = build::PhaseKind::kStep,
                                     .text = "RUN x",
                                     .cached = i < cached});
  }
  return image;
}

build::ImageResult Failed(const std::string& key, FailureKind kind,
                          const std::string& what) {
  build::ImageResult image = Image(key);
  image.failure.emplace();
  image.failure->kind = kind;
  image.failure->what = what;
  return image;
}

// One image of each kind.
build::RunResult AllKinds() {
  build::RunResult result;
  result.end = absl::UnixEpoch() + absl::Seconds(3723);
  result.start = absl::UnixEpoch();
  result.images.push_back(Built("backend", 'a', 31457280, 3, 9));
  result.images.push_back(Built("the-frontend-of-the-shop", 'b', 912, 0, 12));
  result.images.back().duration = absl::Seconds(3700);
  result.images.push_back(Built("database", 'c', 2'345'000'000, 0, 0));
  result.images.push_back(Image("cache"));
  result.images.back().skipped = true;
  result.images.back().digest = absl::StrCat("sha256:", std::string(64, 'd'));
  result.images.push_back(Built("tools", 'e', 1, 1, 1));
  result.images.back().output_tar = "tools.tar";
  result.images.push_back(Image("kept"));
  result.images.back().pushed = false;
  result.images.push_back(Failed(
      "web", FailureKind::kBuild,
      "a command of the Dockerfile failed (exit code 7): RUN \x1B[2Jmake "
      "-C /a/very/long/path/in/the/image all install check"));
  result.images.push_back(Failed(
      "late", FailureKind::kBuild,
      "not started, because it is built from image `web`, which failed"));
  result.images.back().start = absl::InfinitePast();
  result.images.push_back(
      Failed("never", FailureKind::kInterrupted, "interrupted"));
  result.images.back().start = absl::InfinitePast();
  return result;
}

class WidthTest : public ::testing::TestWithParam<size_t> {};

TEST_P(WidthTest, FitsAndIsAsItWas) {
  const size_t width = GetParam();
  std::string text;
  for (const BoardLine& line : ClosingTable(AllKinds(), width)) {
    EXPECT_LT(static_cast<size_t>(report::VisibleWidth(line.text)), width)
        << line.text;
    absl::StrAppend(&text, line.text, "\n");
  }
  testing::ExpectGolden(
      absl::StrCat("testdata/terminal/closing-", width, ".txt"), text);
}

INSTANTIATE_TEST_SUITE_P(All, WidthTest, ::testing::Values(20, 40, 80, 200));

// A pod was lost after its first steps.
TEST(ClosingTableTest, StepsOfARepeatedAttemptDoNotCount) {
  build::RunResult result;
  result.start = result.end = absl::UnixEpoch();
  build::ImageResult& image =
      result.images.emplace_back(Built("app", 'a', 912, 2, 3));
  std::vector<build::Phase>& phases = image.timeline.phases;
  phases.insert(
      phases.begin(),
      {{.kind = build::PhaseKind::kStep, .text = "RUN a"},
       {.kind = build::PhaseKind::kStep, .text = "RUN b", .failed = true}});
  const std::vector<BoardLine> lines = ClosingTable(result, 80);
  ASSERT_FALSE(lines.empty());
  EXPECT_NE(lines[0].text.find("2/3 cached"), std::string::npos)
      << lines[0].text;
}

TEST(ClosingTableTest, OneImageHasNoEmptyColumns) {
  build::RunResult result;
  result.start = result.end = absl::UnixEpoch();
  result.images.push_back(Image("app"));
  const std::vector<BoardLine> lines = ClosingTable(result, 80);
  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(lines[0].text, "app  0:05");
  EXPECT_EQ(lines[0].color, RowColor(RowState::kBuilt));
  EXPECT_EQ(lines[1].text, "1 built  0:00");
}

}  // namespace
}  // namespace ovenbird::cli
