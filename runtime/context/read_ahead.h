// Reads a stream in a thread of its own, some pieces ahead of its reader, so
// that files are read while others are compressed or sent.
#ifndef OVENBIRD_RUNTIME_CONTEXT_READ_AHEAD_H_
#define OVENBIRD_RUNTIME_CONTEXT_READ_AHEAD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/base/mutex.h"
#include "runtime/base/thread.h"
#include "runtime/context/stream.h"

namespace ovenbird::context {

// The stream. Its own Read must be called from one thread only.
class ReadAhead : public Stream {
 public:
  // `from` must outlive this, and belongs to the thread until the end has been
  // read, or this is destroyed.
  explicit ReadAhead(Stream* from);
  ~ReadAhead() override;

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;
  // Returns the number of bytes that Read has returned so far.
  uint64_t taken() const { return taken_; }

 private:
  using Piece = std::vector<char>;

  void Run();
  // Lets Read return `status` once everything that was read is taken.
  void End(const absl::Status& status);
  // Waits for a piece to fill; returns an empty one in the destructor.
  Piece TakeFree();
  // Waits for a filled piece; returns false at the end or after an error.
  bool TakeFull();

  Stream* const from_;
  Piece now_;  // being handed out
  size_t now_done_ = 0;
  uint64_t taken_ = 0;

  Mutex mutex_;
  CondVar changed_;
  std::vector<Piece> free_ ABSL_GUARDED_BY(mutex_);
  std::deque<Piece> full_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;  // with status_
  bool unwanted_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  Thread thread_;
};

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_READ_AHEAD_H_
