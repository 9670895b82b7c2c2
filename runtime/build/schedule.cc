#include "runtime/build/schedule.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "runtime/base/mutex.h"
#include "runtime/base/thread.h"

namespace ovenbird::build {
namespace {

class Scheduler {
 public:
  Scheduler(const std::vector<std::vector<size_t>>& after,
            const ScheduleOptions& options,
            const std::function<bool(size_t)>& run)
      : after_(after),
        options_(options),
        run_(run),
        started_(after.size()),
        ends_(after.size()) {}

  std::vector<TaskEnd> Run() {
    const size_t jobs =
        std::min<size_t>(std::max(options_.jobs, 1), after_.size());
    // With fewer threads fewer tasks run at a time; this one is left in any
    // case.
    std::vector<Thread> threads(jobs);
    size_t started = 0;
    while (started < jobs &&
           StartThread(
               threads[started], [this] { Work(); }, NobodyWaits)
               .ok()) {
      ++started;
    }
    if (started == 0) Work();
    for (Thread& thread : threads) Join(thread);
    MutexLock lock(&mutex_);
    FindCauses();
    return std::move(ends_);
  }

 private:
  void Work() {
    while (std::optional<size_t> task = Next()) {
      const bool ok = RunOne(*task);
      MutexLock lock(&mutex_);
      ends_[*task].kind = ok ? TaskEnd::kDone : TaskEnd::kFailed;
      failed_ = failed_ || !ok;
      --running_;
      changed_.SignalAll();
    }
  }

  // What a task runs out of (memory, threads) must not end the others before
  // they have deleted what they made.
  bool RunOne(size_t task) {
    try {
      return run_(task);
    } catch (const std::exception&) {
      return false;
    }
  }

  // Waits until a task may be started; nothing: none will be.
  std::optional<size_t> Next() {
    MutexLock lock(&mutex_);
    for (;; changed_.Wait(&mutex_)) {
      if (failed_ && !options_.keep_going) return std::nullopt;
      if (options_.cancel != nullptr && options_.cancel->cancelled()) {
        return std::nullopt;
      }
      for (size_t i = 0; i < after_.size(); ++i) {
        if (started_[i] || !IsReady(i)) continue;
        started_[i] = true;
        ++running_;
        return i;
      }
      if (running_ == 0) return std::nullopt;
    }
  }

  bool IsReady(size_t task) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return std::all_of(after_[task].begin(), after_[task].end(),
                       [this](size_t other)
                           ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
                             return ends_[other].kind == TaskEnd::kDone;
                           });
  }

  // Hands the failed tasks down to all that wait for them.
  void FindCauses() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = 0; i < after_.size(); ++i) {
        if (ends_[i].kind != TaskEnd::kNotStarted) continue;
        for (size_t other : after_[i]) {
          const TaskEnd& end = ends_[other];
          if (end.kind == TaskEnd::kFailed) {
            ends_[i] = {TaskEnd::kBlocked, other};
          } else if (end.kind == TaskEnd::kBlocked) {
            ends_[i] = end;
          } else {
            continue;
          }
          changed = true;
          break;
        }
      }
    }
  }

  const std::vector<std::vector<size_t>>& after_;
  const ScheduleOptions& options_;
  const std::function<bool(size_t)>& run_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<bool> started_ ABSL_GUARDED_BY(mutex_);
  std::vector<TaskEnd> ends_ ABSL_GUARDED_BY(mutex_);
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

std::vector<TaskEnd> RunTasks(const std::vector<std::vector<size_t>>& after,
                              const ScheduleOptions& options,
                              const std::function<bool(size_t)>& run) {
  return Scheduler(after, options, run).Run();
}

}  // namespace ovenbird::build
