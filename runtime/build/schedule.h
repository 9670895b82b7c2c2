// Runs tasks that wait for each other, several at a time.
#ifndef OVENBIRD_RUNTIME_BUILD_SCHEDULE_H_
#define OVENBIRD_RUNTIME_BUILD_SCHEDULE_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "runtime/base/cancellation.h"

namespace ovenbird::build {

// How to run tasks.
struct ScheduleOptions {
  int jobs = 1;  // tasks at the same time, at least 1
  // After a failure, only the tasks that wait for the failed one are not run.
  // Else no further task is started. Running tasks continue.
  bool keep_going = false;
  // Once cancelled, no further task is started. May be null.
  const Cancellation* cancel = nullptr;
};

// How a task ended.
struct TaskEnd {
  // Whether it has run; `cause` is the index of the failed task for kBlocked.
  enum Kind {
    kDone,
    kFailed,
    kBlocked,     // not run, because it waits for one that failed: `cause`
    kNotStarted,  // not run, because of a failure elsewhere or a cancellation
  } kind = kNotStarted;
  size_t cause = 0;
};

// Runs the tasks: task i waits until those of after[i] are done. `run` returns
// whether it succeeded and is called in several threads, in fewer than
// `options.jobs` if no more can be started; an exception is a failure. Of the
// tasks that are ready, the one with the lowest index is started first: with
// one job the order is always the same. Tasks that wait for each other in a
// cycle are not started.
std::vector<TaskEnd> RunTasks(const std::vector<std::vector<size_t>>& after,
                              const ScheduleOptions& options,
                              const std::function<bool(size_t)>& run);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_SCHEDULE_H_
