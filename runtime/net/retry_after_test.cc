#include "runtime/net/retry_after.h"

#include <optional>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::net {
namespace {

Response Asking(const char* retry_after, const char* date = "") {
  return {429, {{"retry-after", retry_after}, {"date", date}}, ""};
}

TEST(RetryAfterTest, Seconds) {
  EXPECT_EQ(ParseRetryAfter(Asking("0")), absl::ZeroDuration());
  EXPECT_EQ(ParseRetryAfter(Asking("120")), absl::Minutes(2));
  EXPECT_EQ(ParseRetryAfter(Asking(" 5 ")), absl::Seconds(5));
  EXPECT_EQ(ParseRetryAfter(Asking("4294967295")), absl::Seconds(4294967295));
  for (const char* none :
       {"", "-1", "+1", "1.5", "1s", "soon", "99999999999999999999", "0x5"}) {
    EXPECT_EQ(ParseRetryAfter(Asking(none)), std::nullopt) << none;
  }
  EXPECT_EQ(ParseRetryAfter({429, {}, ""}), std::nullopt);
}

TEST(RetryAfterTest, DatesAreComparedWithTheServersClock) {
  constexpr char kDate[] = "Sun, 06 Nov 1994 08:49:37 GMT";
  EXPECT_EQ(ParseRetryAfter(Asking("Sun, 06 Nov 1994 08:51:07 GMT", kDate)),
            absl::Seconds(90));
  EXPECT_EQ(ParseRetryAfter(Asking(kDate, "Sun, 06 Nov 1994 09:49:37 GMT")),
            absl::ZeroDuration());
  // Long past, and in the far future.
  EXPECT_EQ(ParseRetryAfter(Asking(kDate)), absl::ZeroDuration());
  EXPECT_EQ(ParseRetryAfter(Asking(kDate, "today")), absl::ZeroDuration());
  EXPECT_GT(ParseRetryAfter(Asking("Fri, 31 Dec 9999 23:59:59 GMT")),
            absl::Hours(24 * 365));
  const absl::Time soon = absl::Now() + absl::Hours(1);
  const std::optional<absl::Duration> wait = ParseRetryAfter(Asking(
      absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", soon, absl::UTCTimeZone())
          .c_str()));
  ASSERT_TRUE(wait.has_value());
  EXPECT_GT(*wait, absl::Minutes(59));
  EXPECT_LE(*wait, absl::Hours(1));
  for (const char* none : {"Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 CET",
                           "Sun, 99 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(ParseRetryAfter(Asking(none)), std::nullopt) << none;
  }
}

}  // namespace
}  // namespace ovenbird::net
