// Compression of a stream while it is read.
#ifndef OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_
#define OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_

#include <memory>

#include "runtime/context/stream.h"

namespace ovenbird::context {

enum class Compression {
  kNone,
  // One gzip member, made with ISA-L at level 1: about as small as `gzip -1`,
  // several times as fast.
  kGzip,
  // zstd at level 1.
  kZstd,
};

// Reads `from` (which must outlive the result) and gives it compressed. The
// same input gives the same bytes, however it is cut into pieces. kNone returns
// null: read `from` itself.
std::unique_ptr<Stream> Compress(Compression compression, Stream* from);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_COMPRESS_H_
