#include "runtime/context/compress.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::context {
namespace {

constexpr size_t kInputSize = 256 << 10;

// Fills `buffer` unless the stream ends first, so that the compressor sees the
// same pieces whatever the stream below gives at a time.
absl::StatusOr<size_t> Fill(Stream& from, std::vector<char>& buffer) {
  size_t size = 0;
  while (size < buffer.size()) {
    ASSIGN_OR_RETURN(const size_t n,
                     from.Read(buffer.data() + size, buffer.size() - size));
    if (n == 0) break;
    size += n;
  }
  return size;
}

class GzipStream : public Stream {
 public:
  explicit GzipStream(Stream* from)
      : from_(from), input_(kInputSize), work_(ISAL_DEF_LVL1_DEFAULT) {
    isal_deflate_init(&state_);
    state_.level = 1;
    state_.level_buf = work_.data();
    state_.level_buf_size = static_cast<uint32_t>(work_.size());
    state_.gzip_flag = IGZIP_GZIP;
  }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    state_.next_out = reinterpret_cast<uint8_t*>(buffer);
    state_.avail_out = static_cast<uint32_t>(size);
    // An end is only reported when nothing came out.
    while (state_.avail_out == size &&
           state_.internal_state.state != ZSTATE_END) {
      if (state_.avail_in == 0 && !state_.end_of_stream) {
        ASSIGN_OR_RETURN(const size_t n, Fill(*from_, input_));
        state_.next_in = reinterpret_cast<uint8_t*>(input_.data());
        state_.avail_in = static_cast<uint32_t>(n);
        state_.end_of_stream = n < input_.size();
      }
      const int result = isal_deflate(&state_);
      if (result != COMP_OK) {
        return absl::InternalError(absl::StrCat("isal_deflate: ", result));
      }
    }
    return size - state_.avail_out;
  }

 private:
  Stream* from_;
  std::vector<char> input_;
  std::vector<uint8_t> work_;
  isal_zstream state_ = {};  // isal_deflate_init leaves the input unset.
};

class ZstdStream : public Stream {
 public:
  explicit ZstdStream(Stream* from)
      : from_(from), input_(kInputSize), context_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  }
  ~ZstdStream() override { ZSTD_freeCCtx(context_); }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    ZSTD_outBuffer out{buffer, size, 0};
    while (out.pos == 0 && !done_) {
      if (in_.pos == in_.size && !last_) {
        ASSIGN_OR_RETURN(const size_t n, Fill(*from_, input_));
        in_ = {input_.data(), n, 0};
        last_ = n < input_.size();
      }
      const size_t left = ZSTD_compressStream2(
          context_, &out, &in_, last_ ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left)) {
        return absl::InternalError(
            absl::StrCat("zstd: ", ZSTD_getErrorName(left)));
      }
      done_ = last_ && left == 0;
    }
    return out.pos;
  }

 private:
  Stream* from_;
  std::vector<char> input_;
  ZSTD_inBuffer in_ = {nullptr, 0, 0};
  ZSTD_CCtx* context_;
  bool last_ = false;
  bool done_ = false;
};

}  // namespace

struct BlockCompressor::Context {
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
};

BlockCompressor::BlockCompressor() : context_(std::make_unique<Context>()) {}

BlockCompressor::~BlockCompressor() { ZSTD_freeCCtx(context_->zstd); }

size_t BlockCompressor::Compress(absl::Span<const char> block,
                                 absl::Span<char> to) {
  const size_t size = ZSTD_compressCCtx(context_->zstd, to.data(), to.size(),
                                        block.data(), block.size(), 1);
  return ZSTD_isError(size) ? 0 : size;
}

std::unique_ptr<Stream> Compress(Compression compression, Stream* from) {
  switch (compression) {
    case Compression::kNone:
      return nullptr;
    case Compression::kGzip:
      return std::make_unique<GzipStream>(from);
    case Compression::kZstd:
      return std::make_unique<ZstdStream>(from);
  }
  return nullptr;
}

}  // namespace ovenbird::context
