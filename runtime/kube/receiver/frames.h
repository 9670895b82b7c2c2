// The stream that the receiver reads, made by build/cluster/frame_stream.h.
//
// A frame is a byte that says its kind, the size of what follows in three bytes
// (the lowest first), and that many bytes. The end of the stream is a frame of
// its own, so that a stream that is cut anywhere is not a whole one.
#ifndef OVENBIRD_RUNTIME_KUBE_RECEIVER_FRAMES_H_
#define OVENBIRD_RUNTIME_KUBE_RECEIVER_FRAMES_H_

#include <stddef.h>

namespace ovenbird::kube::receiver {

// The kinds of frames.
enum FrameKind : char {
  kPlain = 'P',    // bytes of the tar
  kZstd = 'Z',     // at most kFrameContent bytes of the tar, one frame of zstd
  kMark = 'M',     // empty: the receiver prints "got" when it has unpacked all
                   // before it
  kEnd = 'E',      // kDigestSize bytes: the Digest of the tar
  kAbandon = 'A',  // empty: nothing more comes, and the context is incomplete
};

inline constexpr size_t kFrameHeader = 4;
// The largest part of the tar in one frame.
inline constexpr size_t kFrameContent = 1 << 20;
// The largest size of a frame, without its header.
inline constexpr size_t kFrameSize = kFrameContent + (kFrameContent >> 7);

// The lines that the receiver prints, in addition to the digest.
inline constexpr char kRuns[] = "runs";      // the first one
inline constexpr char kGot[] = "got";        // at a mark
inline constexpr char kFailed[] = "failed";  // the reason is on stderr

}  // namespace ovenbird::kube::receiver

#endif  // OVENBIRD_RUNTIME_KUBE_RECEIVER_FRAMES_H_
