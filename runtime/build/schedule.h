// Runs tasks that wait for each other, several at a time.
#ifndef OVENBIRD_RUNTIME_BUILD_SCHEDULE_H_
#define OVENBIRD_RUNTIME_BUILD_SCHEDULE_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "runtime/base/cancellation.h"

namespace ovenbird::build {

struct ScheduleOptions {
  int jobs = 1;  // tasks at the same time, at least 1
  // After a failure: only the tasks that wait for the failed one are not run.
  // Else no further one is started; those that run go on to their end.
  bool keep_going = false;
  // No task is started any more. May be null.
  const Cancellation* cancel = nullptr;
};

struct TaskEnd {
  enum Kind {
    kDone,
    kFailed,
    kBlocked,     // not run, because it waits for one that failed: `cause`
    kNotStarted,  // not run, because of a failure elsewhere or a cancellation
  } kind = kNotStarted;
  size_t cause = 0;
};

// Task i waits until those of after[i] are done. `run` returns whether it
// succeeded and is called in several threads. Of those that may be started the
// lowest comes first: with one job the order is always the same. Tasks that
// wait for each other in a circle are not started.
std::vector<TaskEnd> RunTasks(const std::vector<std::vector<size_t>>& after,
                              const ScheduleOptions& options,
                              const std::function<bool(size_t)>& run);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_SCHEDULE_H_
