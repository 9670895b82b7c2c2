// What the receiver reads (kube/receiver/frames.h), made from a tar.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_FRAME_STREAM_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_FRAME_STREAM_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/context/compress.h"
#include "runtime/context/stream.h"
#include "runtime/kube/receiver/digest.h"

namespace ovenbird::build {

// The frames of a tar, up to and with the end. AddFrame and Read may be mixed,
// but are for one thread at a time.
class FrameStream : public context::Stream {
 public:
  // What was measured while frames were made.
  struct Made {
    uint64_t content = 0;  // bytes of the tar
    uint64_t frames = 0;   // bytes of the frames
    // That all compression took.
    std::chrono::steady_clock::duration compression{};
  };

  // `tar` must outlive this. `compress`: frames are compressed with zstd, if
  // that makes them smaller.
  FrameStream(context::Stream* tar, bool compress);

  // Appends the next frame to `out`. Returns false if it is the end.
  absl::StatusOr<bool> AddFrame(std::string& out);
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

  // Sets whether the frames from now on are compressed.
  void set_compress(bool compress) { compress_ = compress; }
  const Made& made() const { return made_; }
  // Returns the bytes of the tar in all frames so far; for any thread.
  uint64_t content() const { return content_; }
  // Returns the digest that the receiver must print; only after the end.
  std::string DigestHex() const;

 private:
  absl::StatusOr<size_t> FillBlock();

  context::Stream* const tar_;
  bool compress_;
  context::BlockCompressor compressor_;
  kube::receiver::Digest digest_;
  std::vector<char> block_;
  std::vector<char> compressed_;
  Made made_;
  std::atomic<uint64_t> content_ = 0;
  bool ended_ = false;
  std::string frame_;  // for Read
  size_t frame_done_ = 0;
};

// Returns the frame at which the receiver prints "got".
std::string MarkFrame();
// Returns the frame that ends a stream which is not complete.
std::string AbandonFrame();

// Returns whether compressed frames arrive sooner than others over a link with
// `rate` bytes a second, by what the compression of `made` took and saved.
bool CompressionPays(const FrameStream::Made& made, double rate);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_FRAME_STREAM_H_
