#include "runtime/kube/log_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace ovenbird::kube {
namespace {

using ::testing::ElementsAre;

TEST(LogFilterTest, SplitsTimeAndText) {
  const TimedLine line =
      SplitTimedLine("2024-02-03T04:05:06.123456789Z hello world");
  EXPECT_EQ(line.text, "hello world");
  EXPECT_EQ(absl::ToUnixNanos(line.time), 1706933106123456789);
  EXPECT_EQ(SplitTimedLine("2024-02-03T04:05:06Z ").text, "");
  EXPECT_EQ(SplitTimedLine("2024-02-03T04:05:06+02:00 x").time,
            absl::FromUnixSeconds(1706925906));
  EXPECT_EQ(SplitTimedLine("2024-02-03T04:05:06Z").text, "");
  for (const char* text :
       {"", "hello", "2024-02-03 x", " x", "2024-02-03T04:05:99Z x"}) {
    EXPECT_EQ(SplitTimedLine(text).time, absl::InfinitePast()) << text;
    EXPECT_EQ(SplitTimedLine(text).text, text);
  }
}

TEST(LogFilterTest, JoinsThePartsOfALine) {
  struct Case {
    const char* text;
    const char* joined;  // null: nothing to join
  };
  const Case kCases[] = {
      {"", nullptr},
      {"T", nullptr},
      {"a line", nullptr},
      {"ab2024-01-01T00:00:05.123456789Z cd", "abcd"},
      {"ab2024-01-01T00:00:05.1234567Z c2024-01-01T02:00:06.000000001+02:00 d",
       "abcd"},
      // The last part may be empty.
      {"TEST ab2024-01-01T00:00:05.100000000Z ", "TEST ab"},
      // The container's own: written before the line was read, less exact than
      // a kubelet's, or no time.
      {"at 2024-01-01T00:00:04.999999999Z it began", nullptr},
      {"the token is valid until 2024-01-01T00:05:00Z or less", nullptr},
      {"the token is valid until 2024-01-01T00:05:00.123Z or less", nullptr},
      {"until 2030-01-01T00:00:00Z only", nullptr},
      {"ab2024-01-01T00:00:05Zcd", nullptr},
      {"ab2024-01-01T00:00:xxZ cd", nullptr},
      {"ab2024-01-01T00:00:05Z", nullptr},
      {"x 2023-01-01T00:00:05Z 2024-01-01T00:00:05.000000000Z y",
       "x 2023-01-01T00:00:05Z y"},
  };
  for (const Case& row : kCases) {
    const std::string line = std::string("2024-01-01T00:00:05.0Z ") + row.text;
    std::string joined;
    EXPECT_EQ(JoinParts(SplitTimedLine(line), &joined), row.joined != nullptr)
        << row.text;
    if (row.joined != nullptr) {
      EXPECT_EQ(joined, row.joined);
    }
  }
}

// The lines that pass, of several connections.
std::vector<std::string> Filter(
    const std::vector<std::vector<std::string>>& connections) {
  LogFilter filter;
  std::vector<std::string> out;
  for (const auto& lines : connections) {
    filter.Restart();
    for (const std::string& line : lines) {
      const std::string text =
          "2024-01-01T00:00:" + line.substr(0, 5) + "Z " + line.substr(6);
      const TimedLine timed = SplitTimedLine(text);
      if (filter.IsNew(timed)) out.push_back(line.substr(6));
    }
  }
  return out;
}

TEST(LogFilterTest, LeavesOutWhatIsRepeated) {
  EXPECT_THAT(Filter({{"01.10 a", "02.10 b", "02.20 c"},
                      {"02.10 b", "02.20 c", "02.30 d", "03.10 e"},
                      {"03.10 e", "04.00 f"}}),
              ElementsAre("a", "b", "c", "d", "e", "f"));
}

TEST(LogFilterTest, KeepsEqualLines) {
  EXPECT_THAT(Filter({{"01.10 a", "01.10 a", "01.10 b"},
                      {"01.10 a", "01.10 a", "01.10 b", "01.10 a", "01.20 a"}}),
              ElementsAre("a", "a", "b", "a", "a"));
}

// Two streams of one container are written by two threads of the runtime.
TEST(LogFilterTest, KeepsLinesThatAreOutOfOrder) {
  EXPECT_THAT(Filter({{"01.20 a", "01.30 b"},
                      {"01.20 a", "01.30 b", "01.25 c", "01.40 d"}}),
              ElementsAre("a", "b", "c", "d"));
}

// Each part of a long line has a time of its own.
TEST(LogFilterTest, LeavesOutTheEndOfALineThatWasCutBySince) {
  const std::string line(50000, 'x');
  EXPECT_THAT(Filter({{"01.10 a", "01.99 " + line, "02.02 b"},
                      {"02.01 " + line.substr(32768), "02.02 b", "02.03 c"}}),
              ElementsAre("a", line, "b", "c"));
  // What comes later is a line.
  EXPECT_THAT(Filter({{"01.99 " + line, "02.02 b"},
                      {"02.02 b", "02.03 x", "02.04 xx"}}),
              ElementsAre(line, "b", "x", "xx"));
  // A line that was seen only in part is not known yet.
  EXPECT_THAT(Filter({{"01.99 " + line.substr(1)}, {"02.01 x"}}),
              ElementsAre(line.substr(1), "x"));
}

TEST(LogFilterTest, SinceIsTheLastLinesSecond) {
  LogFilter filter;
  EXPECT_EQ(filter.since(), absl::InfinitePast());
  filter.IsNew(SplitTimedLine("2024-01-01T00:00:05.9Z a"));
  filter.IsNew(SplitTimedLine("2024-01-01T00:00:04.9Z a"));
  EXPECT_EQ(filter.since(), absl::FromUnixSeconds(1704067205));
}

}  // namespace
}  // namespace ovenbird::kube
