// Compresses a stream while it is read.
#ifndef OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_
#define OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_

#include <memory>

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

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_
