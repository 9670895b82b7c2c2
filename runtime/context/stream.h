// Bytes that are made while they are read, so that a context of any size goes
// from the disk to a pod through a small buffer.
#ifndef OVENBIRD_RUNTIME_CONTEXT_STREAM_H_
#define OVENBIRD_RUNTIME_CONTEXT_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/sha256.h"

namespace ovenbird::context {

class Stream {
 public:
  virtual ~Stream() = default;
  // Puts up to `size` (not 0) bytes into `buffer` and returns how many; 0 is
  // the end. After an error no further call is allowed.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
};

// What goes through it, counted and hashed.
class CheckedStream : public Stream {
 public:
  // `from` must outlive this.
  explicit CheckedStream(Stream* from) : from_(from) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

  uint64_t size() const { return size_; }
  // Of all bytes; to be called once, after the end.
  std::string Sha256Hex() { return ToHex(sha_.Finish()); }

 private:
  Stream* from_;
  Sha256 sha_;
  uint64_t size_ = 0;
};

// All that is left. For small streams.
absl::StatusOr<std::string> ReadAll(Stream& stream);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_STREAM_H_
