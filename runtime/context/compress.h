// Compresses a stream while it is read.
#ifndef OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_
#define OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_

#include <cstddef>
#include <memory>

#include "absl/types/span.h"
#include "runtime/context/stream.h"

namespace ovenbird::context {

// How a stream is compressed.
enum class Compression {
  kNone,
  // One gzip member, made with ISA-L at level 1: about as small as `gzip -1`,
  // several times as fast.
  kGzip,
  // zstd at level 1.
  kZstd,
};

// Returns a stream of `from` (which must outlive it) compressed. The same input
// gives the same bytes, regardless of how it is cut into pieces. Returns null
// for kNone: read `from` itself.
std::unique_ptr<Stream> Compress(Compression compression, Stream* from);

// Compresses blocks, each of which can be decompressed without the others, with
// zstd at level 1.
class BlockCompressor {
 public:
  BlockCompressor();
  BlockCompressor(const BlockCompressor&) = delete;
  BlockCompressor& operator=(const BlockCompressor&) = delete;
  ~BlockCompressor();

  // Puts a block, compressed, into `to`. Returns its size; 0 if it does not
  // fit.
  size_t Compress(absl::Span<const char> block, absl::Span<char> to);

 private:
  struct Context;
  const std::unique_ptr<Context> context_;
};

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_
