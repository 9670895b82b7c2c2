#include "runtime/build/cluster/frame_stream.h"

#include <algorithm>
#include <cstring>

#include "absl/types/span.h"
#include "runtime/base/status_macros.h"
#include "runtime/kube/receiver/frames.h"

namespace ovenbird::build {
namespace {

using Clock = std::chrono::steady_clock;
namespace receiver = kube::receiver;

void AddFrameHeader(char kind, size_t size, std::string& out) {
  out += kind;
  for (size_t i = 1; i < receiver::kFrameHeader; ++i, size >>= 8) {
    out += static_cast<char>(size & 0xff);
  }
}

std::string EmptyFrame(char kind) {
  std::string frame;
  AddFrameHeader(kind, 0, frame);
  return frame;
}

}  // namespace

std::string MarkFrame() { return EmptyFrame(receiver::kMark); }
std::string AbandonFrame() { return EmptyFrame(receiver::kAbandon); }

bool CompressionPays(const FrameStream::Made& made, double rate) {
  const double took = std::chrono::duration<double>(made.compression).count();
  const double saved =
      (static_cast<double>(made.content) - static_cast<double>(made.frames)) /
      rate;
  return took < saved;
}

FrameStream::FrameStream(context::Stream* tar, bool compress)
    : tar_(tar),
      compress_(compress),
      block_(receiver::kFrameContent),
      // What saves less than a sixteenth is not worth the unpacking.
      compressed_(receiver::kFrameContent - receiver::kFrameContent / 16) {}

absl::StatusOr<size_t> FrameStream::FillBlock() {
  size_t size = 0;
  while (size < block_.size()) {
    ASSIGN_OR_RETURN(const size_t more,
                     tar_->Read(block_.data() + size, block_.size() - size));
    if (more == 0) break;
    size += more;
  }
  return size;
}

absl::StatusOr<bool> FrameStream::AddFrame(std::string& out) {
  ASSIGN_OR_RETURN(const size_t size, FillBlock());
  if (size == 0) {
    unsigned char digest[receiver::kDigestSize];
    digest_.Get(digest);
    AddFrameHeader(receiver::kEnd, sizeof digest, out);
    out.append(reinterpret_cast<const char*>(digest), sizeof digest);
    return false;
  }
  digest_.Add(block_.data(), size);
  size_t compressed = 0;
  if (compress_) {
    const Clock::time_point start = Clock::now();
    compressed = compressor_.Compress(
        absl::MakeConstSpan(block_.data(), size),
        absl::MakeSpan(compressed_.data(), size - size / 16));
    made_.compression += Clock::now() - start;
  }
  const size_t before = out.size();
  if (compressed > 0) {
    AddFrameHeader(receiver::kZstd, compressed, out);
    out.append(compressed_.data(), compressed);
  } else {
    AddFrameHeader(receiver::kPlain, size, out);
    out.append(block_.data(), size);
  }
  made_.content += size;
  made_.frames += out.size() - before;
  content_ += size;
  return true;
}

absl::StatusOr<size_t> FrameStream::Read(char* buffer, size_t size) {
  if (frame_done_ == frame_.size()) {
    if (ended_) return 0;
    frame_.clear();
    frame_done_ = 0;
    ASSIGN_OR_RETURN(const bool more, AddFrame(frame_));
    ended_ = !more;
  }
  const size_t most = std::min(size, frame_.size() - frame_done_);
  std::memcpy(buffer, frame_.data() + frame_done_, most);
  frame_done_ += most;
  return most;
}

std::string FrameStream::DigestHex() const {
  char text[2 * receiver::kDigestSize + 1];
  digest_.GetHex(text);
  return text;
}

}  // namespace ovenbird::build
