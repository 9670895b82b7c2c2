// File descriptors that are kept for cleaning up when there are no more.
#ifndef OVENBIRD_RUNTIME_BASE_DESCRIPTOR_RESERVE_H_
#define OVENBIRD_RUNTIME_BASE_DESCRIPTOR_RESERVE_H_

#include <array>
#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "runtime/base/mutex.h"

namespace ovenbird {

// Open descriptors without a use. Thread-safe.
class DescriptorReserve {
 public:
  // Returns the reserve of this process, which is empty until Fill().
  static DescriptorReserve& OfProcess();

  // Opens the descriptors, or as many as there are.
  void Fill() ABSL_LOCKS_EXCLUDED(mutex_);

  // Frees the reserve for what must be done now. Other threads may be quicker:
  // try again. Waits until no other use exists; the destructor opens the
  // descriptors again.
  class Use {
   public:
    // The lock is held from here to the destructor, which clang cannot follow.
    explicit Use(DescriptorReserve& reserve) ABSL_NO_THREAD_SAFETY_ANALYSIS;
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() ABSL_NO_THREAD_SAFETY_ANALYSIS;

   private:
    DescriptorReserve& reserve_;
  };

 private:
  void Open() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  // What one request needs: the socket, three of the event loop, and some for
  // the lookup of the server's address. An array: it must need no memory.
  static constexpr size_t kSize = 8;

  std::array<int, kSize> descriptors_ ABSL_GUARDED_BY(mutex_);
  size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_DESCRIPTOR_RESERVE_H_
