// Leaves out what a log that is read again from an earlier time repeats.
#ifndef OVENBIRD_RUNTIME_KUBE_LOG_FILTER_H_
#define OVENBIRD_RUNTIME_KUBE_LOG_FILTER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird::kube {

// A line of `kubectl logs --timestamps`: "2024-01-01T00:00:00.123456789Z text".
// A line without a time, the rest of a longer one, has the infinite past.
struct TimedLine {
  absl::Time time = absl::InfinitePast();
  absl::string_view text;
};
TimedLine SplitTimedLine(absl::string_view line);

// Kubelets of Kubernetes 1.20 put a time not only before a line but before each
// part in which the runtime has written it (of 16 KiB, say). True, and the text
// without them in `joined`, if there are such times. What the container itself
// has written and looks like one is earlier than its line and stays.
bool JoinParts(const TimedLine& line, std::string* joined);

// Lines are known by time and text, as many times as they have come: a log may
// have equal lines, and lines of stdout and stderr a little out of order.
class LogFilter {
 public:
  // From where to read again: the latest line's time in whole seconds, which is
  // all that the kubelet looks at. The infinite past before the first line.
  absl::Time since() const { return since_; }
  // The connection begins anew, with lines from since() on.
  void Restart() { repeated_ = counts_; }
  // Whether the line is new; notes it if so.
  bool IsNew(const TimedLine& line);

 private:
  using Key = std::pair<int64_t, size_t>;  // nanoseconds and hash

  absl::Time since_ = absl::InfinitePast();
  absl::flat_hash_map<Key, int> counts_;    // of lines from since_ on
  absl::flat_hash_map<Key, int> repeated_;  // of these, still to come again
};

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_LOG_FILTER_H_
