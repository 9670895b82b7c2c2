// Locks with clang's thread annotations over the standard library's mutexes.
// Not absl::Mutex: the system's Abseil is built without the hooks that tell
// ThreadSanitizer about its locks, which makes each of them a false alarm.
#ifndef OVENBIRD_RUNTIME_BASE_MUTEX_H_
#define OVENBIRD_RUNTIME_BASE_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace ovenbird {

// A mutex; not recursive.
class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  // Waits until the mutex is free and takes it; Unlock releases it.
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a mutex for the time of a scope.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_->Lock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->Unlock(); }

 private:
  Mutex* mutex_;
};

// Waits for a change of what a mutex guards.
class CondVar {
 public:
  // Releases `mutex`, waits for a signal, and takes `mutex` again. May also
  // return without a signal: wait in a loop.
  void Wait(Mutex* mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex->mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  // Waits like Wait, but not past `time`; returns false if `time` has come. May
  // also return true without a signal.
  bool WaitUntil(Mutex* mutex, std::chrono::steady_clock::time_point time)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex->mutex_, std::adopt_lock);
    const std::cv_status status = changed_.wait_until(lock, time);
    lock.release();
    return status == std::cv_status::no_timeout;
  }
  // Wakes all waiting threads.
  void SignalAll() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

// An event that happens once, and that threads can wait for.
class Event {
 public:
  // Marks the event as happened and wakes all waiting threads. No effect the
  // second time.
  void Notify() {
    MutexLock lock(&mutex_);
    happened_ = true;
    changed_.SignalAll();
  }
  // Waits until the event has happened.
  void Wait() {
    MutexLock lock(&mutex_);
    while (!happened_) changed_.Wait(&mutex_);
  }
  // Waits for it, but not past `time`. Returns whether it has happened.
  bool WaitUntil(std::chrono::steady_clock::time_point time) {
    MutexLock lock(&mutex_);
    while (!happened_ && changed_.WaitUntil(&mutex_, time)) {
    }
    return happened_;
  }
  // Returns whether the event has happened, without waiting.
  bool happened() {
    MutexLock lock(&mutex_);
    return happened_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool happened_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_MUTEX_H_
