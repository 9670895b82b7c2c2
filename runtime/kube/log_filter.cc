#include "runtime/kube/log_filter.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::kube {
namespace {

// Runtimes write parts of 16 KiB, or of what they have read so far.
constexpr size_t kLeastPart = 4096;

}  // namespace

TimedLine SplitTimedLine(absl::string_view line) {
  const size_t blank = line.find(' ');
  const absl::string_view stamp = line.substr(0, blank);
  TimedLine out;
  std::string error;
  // The shortest: 2024-01-01T00:00:00Z
  if (stamp.size() < 20 || stamp[10] != 'T' ||
      !absl::ParseTime(absl::RFC3339_full, stamp, &out.time, &error)) {
    out.text = line;
    return out;
  }
  out.text = blank == absl::string_view::npos ? absl::string_view()
                                              : line.substr(blank + 1);
  return out;
}

namespace {

// Returns whether a time has the fraction of a second as a kubelet writes it:
// in nanoseconds, some versions without zeros at the end.
bool IsOfKubelet(absl::string_view time) {
  constexpr size_t kSeconds = sizeof("2024-01-01T00:00:00") - 1;
  constexpr size_t kLeastDigits = 6;
  if (time.size() <= kSeconds || time[kSeconds] != '.') return false;
  const size_t end = time.find_first_not_of("0123456789", kSeconds + 1);
  return end != absl::string_view::npos && end - kSeconds - 1 >= kLeastDigits;
}

}  // namespace

bool JoinParts(const TimedLine& line, std::string* joined) {
  // From the date to the T in the middle of a time; and how long the longest
  // is.
  constexpr size_t kDate = 10;
  constexpr size_t kLongest = sizeof("2024-01-01T00:00:00.123456789+00:00");
  absl::string_view text = line.text;
  absl::Time earliest = line.time;
  // Parts of one line come one after the other.
  const absl::Time latest = line.time + absl::Minutes(10);
  joined->clear();
  size_t kept = 0;
  for (size_t t = text.find('T', kDate); t != absl::string_view::npos;
       t = text.find('T', t + 1)) {
    const size_t start = t - kDate;
    if (start < kept || text[t - 3] != '-' || text[t - 6] != '-') continue;
    const size_t blank = text.substr(0, start + kLongest).find(' ', t);
    if (blank == absl::string_view::npos) continue;
    const absl::string_view stamp = text.substr(start, blank - start);
    const absl::Time time = SplitTimedLine(stamp).time;
    if (time < earliest || time > latest || !IsOfKubelet(stamp)) continue;
    absl::StrAppend(joined, text.substr(kept, start - kept));
    kept = blank + 1;
    earliest = time;
    t = blank;
  }
  if (kept == 0) return false;
  absl::StrAppend(joined, text.substr(kept));
  return true;
}

bool LogFilter::IsNew(const TimedLine& line) {
  // A rest belongs to the line before it, which was the last one that came.
  if (line.time == absl::InfinitePast()) return true;
  const bool is_first = std::exchange(is_first_, false);
  const Key key = {absl::ToUnixNanos(line.time), absl::HashOf(line.text)};
  const auto it = repeated_.find(key);
  if (it != repeated_.end() && it->second > 0) {
    --it->second;
    return false;
  }
  // Each part of a long line has a time: since() may be between two of them.
  if (is_first && line.time <= latest_ && !line.text.empty() &&
      absl::EndsWith(long_before_, line.text)) {
    return false;
  }
  latest_ = std::max(latest_, line.time);
  const absl::Time second =
      absl::FromUnixSeconds(absl::ToUnixSeconds(line.time));
  if (second > since_) {
    since_ = second;
    long_before_ = std::exchange(long_, "");
    const int64_t limit = absl::ToUnixNanos(since_);
    std::erase_if(counts_,
                  [&](const auto& item) { return item.first.first < limit; });
  }
  if (line.text.size() > kLeastPart) long_ = std::string(line.text);
  if (second == since_) ++counts_[key];
  return true;
}

}  // namespace ovenbird::kube
