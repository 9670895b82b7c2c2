#include "runtime/net/retry_after.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"

namespace ovenbird::net {
namespace {

// "Sun, 06 Nov 1994 08:49:37 GMT", the only form that servers may send.
std::optional<absl::Time> ParseDate(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &time, &error)) {
    return std::nullopt;
  }
  return time;
}

bool IsNumber(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

std::optional<absl::Duration> ParseRetryAfter(const Response& response) {
  const absl::string_view text =
      absl::StripAsciiWhitespace(response.Header("Retry-After"));
  uint32_t seconds = 0;
  if (IsNumber(text)) {
    if (!absl::SimpleAtoi(text, &seconds)) return std::nullopt;
    return absl::Seconds(seconds);
  }
  const std::optional<absl::Time> date = ParseDate(text);
  if (!date) return std::nullopt;
  const absl::Time now =
      ParseDate(response.Header("Date")).value_or(absl::Now());
  return std::max(*date - now, absl::ZeroDuration());
}

}  // namespace ovenbird::net
