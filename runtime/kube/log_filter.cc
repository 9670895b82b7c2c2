#include "runtime/kube/log_filter.h"

#include "absl/hash/hash.h"

namespace ovenbird::kube {

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

bool LogFilter::IsNew(const TimedLine& line) {
  // A rest belongs to the line before it, which was the last one that came.
  if (line.time == absl::InfinitePast()) return true;
  const Key key = {absl::ToUnixNanos(line.time), absl::HashOf(line.text)};
  const auto it = repeated_.find(key);
  if (it != repeated_.end() && it->second > 0) {
    --it->second;
    return false;
  }
  const absl::Time second =
      absl::FromUnixSeconds(absl::ToUnixSeconds(line.time));
  if (second > since_) {
    since_ = second;
    const int64_t limit = absl::ToUnixNanos(since_);
    absl::erase_if(counts_,
                   [&](const auto& item) { return item.first.first < limit; });
  }
  if (second == since_) ++counts_[key];
  return true;
}

}  // namespace ovenbird::kube
