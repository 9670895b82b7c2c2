// Filters the repeated lines of a log that is read again from an earlier time.
#ifndef OVENBIRD_RUNTIME_KUBE_LOG_FILTER_H_
#define OVENBIRD_RUNTIME_KUBE_LOG_FILTER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/hash_map.h"

namespace ovenbird::kube {

// A line of `kubectl logs --timestamps`: "2024-01-01T00:00:00.123456789Z text".
// A line without a time, the rest of a longer one, has the infinite past.
struct TimedLine {
  absl::Time time = absl::InfinitePast();
  absl::string_view text;
};
// Splits a line at its time; the text is a view of `line`.
TimedLine SplitTimedLine(absl::string_view line);

// Removes times inside a line: kubelets before Kubernetes 1.26 put a time not
// only before a line but also before each part (of 16 KiB, say) that the
// runtime has written. Returns whether the line has such times, and sets
// `joined` to the text without them. A time that the container itself has
// written stays: it is earlier than its line, or less exact than a kubelet's.
bool JoinParts(const TimedLine& line, std::string* joined);

// Recognizes lines by time and text, and counts them: a log may have equal
// lines, and lines of stdout and stderr a little out of order.
class LogFilter {
 public:
  // Returns the time to read again from: the latest line's in whole seconds,
  // because the kubelet ignores the rest. The infinite past before the first
  // line.
  absl::Time since() const { return since_; }
  // Prepares for a new connection, with lines from since() on.
  void Restart() {
    repeated_ = counts_;
    is_first_ = true;
  }
  // Returns whether the line is new, and notes it if so.
  bool IsNew(const TimedLine& line);

 private:
  using Key = std::pair<int64_t, size_t>;  // nanoseconds and hash

  absl::Time since_ = absl::InfinitePast();
  HashMap<Key, int> counts_;    // of lines from since_ on
  HashMap<Key, int> repeated_;  // of these, still to come again
  bool is_first_ = true;        // of the connection
  absl::Time latest_ = absl::InfinitePast();
  // Lines that the runtime has written in parts: the last one, and the last one
  // before since_.
  std::string long_;
  std::string long_before_;
};

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_LOG_FILTER_H_
