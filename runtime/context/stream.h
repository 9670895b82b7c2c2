// Bytes that are produced while they are read, so that a context of any size
// goes from the disk to a pod through a small buffer.
#ifndef OVENBIRD_RUNTIME_CONTEXT_STREAM_H_
#define OVENBIRD_RUNTIME_CONTEXT_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/sha256.h"

namespace ovenbird::context {

// A source of bytes.
class Stream {
 public:
  virtual ~Stream() = default;
  // Puts up to `size` (not 0) bytes into `buffer` and returns how many; 0 at
  // the end. After an error no further call is allowed.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
};

// Passes a stream on, and counts and hashes its bytes.
class CheckedStream : public Stream {
 public:
  // `from` must outlive this.
  explicit CheckedStream(Stream* from) : from_(from) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

  uint64_t size() const { return size_; }
  // Returns the digest of all bytes in hexadecimal. Call it once, after the
  // end.
  std::string Sha256Hex() { return ToHex(sha_.Finish()); }

 private:
  Stream* from_;
  Sha256 sha_;
  uint64_t size_ = 0;
};

// Returns all bytes that are left, for small streams; the stream's error if it
// fails.
absl::StatusOr<std::string> ReadAll(Stream& stream);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_STREAM_H_
