#include "runtime/build/cluster/node_clock.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

// Seconds after the time at which the container was not started.
struct Line {
  double written;
  double arrived;
  double ago;
};

TEST(NodeClockTest, LateLinesAndClocksThatDiffer) {
  struct Case {
    std::string name;
    std::vector<Line> lines;
  };
  const std::vector<Case> cases = {
      {"the same clock", {{1, 1, 0}, {2, 2.5, 0.5}, {3, 3, 0}}},
      // A log that is opened late, with all its lines.
      {"the same clock, late", {{1, 9, 8}, {6, 9, 3}, {10, 10, 0}}},
      {"ahead", {{61, 1, 0}, {62, 4, 2}, {65, 5, 0}}},
      // What the first lines could not tell.
      {"a little ahead", {{2, 3, 1}, {5, 4, 0}, {6, 6, 1}}},
      {"an hour behind", {{-3599, 1, 0}, {-3598, 3, 1}, {-3590, 10, 0}}},
      // The second line shows that the first one was late, too.
      {"behind and late", {{-59, 4, 0}, {-56, 4, 0}, {-50, 11, 1}}},
      {"set back while it runs", {{1, 1, 0}, {-100, 2, 0}, {-98, 5, 1}}},
      {"set forward while it runs", {{1, 1, 0}, {100, 2, 0}, {101, 4, 1}}},
      {"a little out of order", {{1, 1, 0}, {0.5, 1, 0.5}, {2, 2, 0}}},
  };
  const absl::Time begin = absl::FromUnixSeconds(1'800'000'000);
  for (const Case& c : cases) {
    NodeClock clock(begin - absl::Minutes(1));
    clock.NoteNotStarted(begin);
    for (const Line& line : c.lines) {
      EXPECT_EQ(clock.Ago(begin + absl::Seconds(line.written),
                          begin + absl::Seconds(line.arrived)),
                absl::Seconds(line.ago))
          << c.name << " " << line.written;
    }
  }
}

TEST(NodeClockTest, ALineWithoutATimeIsNew) {
  const absl::Time begin = absl::FromUnixSeconds(1'800'000'000);
  NodeClock clock(begin);
  EXPECT_EQ(clock.Ago(absl::InfinitePast(), begin), absl::ZeroDuration());
  EXPECT_EQ(clock.Ago(begin + absl::Seconds(1), begin + absl::Seconds(3)),
            absl::Seconds(2));
  EXPECT_EQ(clock.Ago(absl::InfinitePast(), begin), absl::ZeroDuration());
}

}  // namespace
}  // namespace ovenbird::build
