// Internal to net, for tests: a stream whose other side has said everything
// already.
#ifndef OVENBIRD_RUNTIME_NET_MEMORY_STREAM_H_
#define OVENBIRD_RUNTIME_NET_MEMORY_STREAM_H_

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "runtime/net/stream.h"

namespace ovenbird::net {

// A stream that gives `answer` in pieces and then ends, and that accepts all
// writes.
class MemoryStream : public Stream {
 public:
  MemoryStream(asio::io_context& context, std::string answer, size_t piece)
      : context_(context), answer_(std::move(answer)), piece_(piece) {}

  void ReadSome(asio::mutable_buffer buffer, IoHandler handler) override {
    asio::post(
        context_, [this, buffer, handler = std::move(handler)]() mutable {
          if (closed_) return handler(asio::error::operation_aborted, 0);
          const size_t size =
              std::min({buffer.size(), piece_, answer_.size() - read_});
          if (size == 0) return handler(asio::error::eof, 0);
          asio::buffer_copy(buffer, asio::buffer(answer_.data() + read_, size));
          read_ += size;
          handler(error_code(), size);
        });
  }

  void WriteSome(asio::const_buffer buffer, IoHandler handler) override {
    asio::post(
        context_, [this, buffer, handler = std::move(handler)]() mutable {
          if (closed_) return handler(asio::error::operation_aborted, 0);
          if (on_write_) {
            on_write_({static_cast<const char*>(buffer.data()), buffer.size()},
                      answer_);
          }
          handler(error_code(), buffer.size());
        });
  }

  // Calls `on_write` with all bytes that are written; it may add to what is
  // still to be read.
  void OnWrite(std::function<void(absl::string_view bytes, std::string& answer)>
                   on_write) {
    on_write_ = std::move(on_write);
  }

  void Close() override { closed_ = true; }
  bool LooksIdle() override { return false; }

  // Returns how many bytes of the answer were read.
  size_t read() const { return read_; }

 private:
  asio::io_context& context_;
  std::string answer_;
  const size_t piece_;
  size_t read_ = 0;
  bool closed_ = false;
  std::function<void(absl::string_view, std::string&)> on_write_;
};

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_MEMORY_STREAM_H_
