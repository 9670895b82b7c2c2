// Internal to net: byte streams over TCP, a Unix socket or TLS behind one type,
// so that Beast's templates are compiled once, and TLS may run inside TLS (an
// https proxy). Asynchronous: handlers run in the thread that runs the
// io_context, one thread at a time.
#ifndef OVENBIRD_RUNTIME_NET_STREAM_H_
#define OVENBIRD_RUNTIME_NET_STREAM_H_

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace ovenbird::net {

namespace asio = boost::asio;
using boost::system::error_code;
using IoHandler = absl::AnyInvocable<void(error_code, size_t)>;

// A connected byte stream. At most one read and one write at a time. Handlers
// are never called from within ReadSome or WriteSome.
class Stream {
 public:
  virtual ~Stream() = default;
  // Reads at least one byte into `buffer`, then calls `handler`; its error at
  // the end of the stream is eof.
  virtual void ReadSome(asio::mutable_buffer buffer, IoHandler handler) = 0;
  // Writes at least one byte of `buffer`, then calls `handler` with the number
  // of bytes.
  virtual void WriteSome(asio::const_buffer buffer, IoHandler handler) = 0;
  // Closes the stream; pending operations end with operation_aborted.
  virtual void Close() = 0;
  // Returns false if the other side has closed the stream or has sent
  // unexpected data.
  virtual bool LooksIdle() = 0;
};

// A stream in the form that Asio and Beast require (AsyncStream). Movable.
class AnyStream {
 public:
  using executor_type = asio::io_context::executor_type;
  using lowest_layer_type = AnyStream;
  using Clock = std::chrono::steady_clock;

  AnyStream(asio::io_context& context, std::unique_ptr<Stream> stream)
      : context_(&context), stream_(std::move(stream)) {}

  executor_type get_executor() { return context_->get_executor(); }
  AnyStream& lowest_layer() { return *this; }
  Stream& stream() { return *stream_; }
  // Closes the stream; pending operations end with operation_aborted.
  void Close() { stream_->Close(); }
  // When bytes last arrived, and when the system last accepted some.
  Clock::time_point last_read() const { return times_->read; }
  Clock::time_point last_write() const { return times_->write; }

  // Reads into the first non-empty buffer. Required by Asio's AsyncReadStream.
  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, size_t)>(
        [this](auto handler, asio::mutable_buffer buffer) {
          if (buffer.size() == 0) return Nothing(std::move(handler));
          stream_->ReadSome(buffer, Noting(&Times::read, std::move(handler)));
        },
        token, First<asio::mutable_buffer>(buffers));
  }

  // Writes the first non-empty buffer, or the small ones at the front together.
  // Required by Asio's AsyncWriteStream.
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, size_t)>(
        [this](auto handler, asio::const_buffer buffer) {
          if (buffer.size() == 0) return Nothing(std::move(handler));
          stream_->WriteSome(buffer, Noting(&Times::write, std::move(handler)));
        },
        token, Gather(buffers));
  }

  // Beast finds this function through argument-dependent lookup.
  friend void beast_close_socket(AnyStream& stream) { stream.Close(); }

 private:
  template <typename Buffer, typename Buffers>
  static Buffer First(const Buffers& buffers) {
    for (auto it = asio::buffer_sequence_begin(buffers);
         it != asio::buffer_sequence_end(buffers); ++it) {
      const Buffer buffer(*it);
      if (buffer.size() > 0) return buffer;
    }
    return Buffer();
  }

  // A small piece before a large one (a frame's or request's head) is sent
  // together with it, not in a packet and a TLS record of its own.
  template <typename Buffers>
  asio::const_buffer Gather(const Buffers& buffers) {
    constexpr size_t kWhole = 16 * 1024;
    constexpr size_t kLimit = 64 * 1024;
    const auto first = First<asio::const_buffer>(buffers);
    if (first.size() >= kWhole || asio::buffer_size(buffers) == first.size()) {
      return first;
    }
    gathered_.resize(std::min(kLimit, asio::buffer_size(buffers)));
    asio::buffer_copy(asio::buffer(gathered_), buffers);
    return asio::buffer(gathered_);
  }

  template <typename Handler>
  void Nothing(Handler handler) {
    asio::post(*context_, [handler = std::move(handler)]() mutable {
      std::move(handler)(error_code(), 0);
    });
  }

  struct Times {
    Clock::time_point read = Clock::now();
    Clock::time_point write = Clock::now();
  };

  template <typename Handler>
  IoHandler Noting(Clock::time_point Times::*time, Handler handler) {
    return [handler = std::move(handler), times = times_, time](
               error_code ec, size_t size) mutable {
      if (size > 0) times.get()->*time = Clock::now();
      std::move(handler)(ec, size);
    };
  }

  asio::io_context* context_;
  std::unique_ptr<Stream> stream_;
  std::vector<char> gathered_;
  // Shared with handlers, which may outlive a move of the stream.
  std::shared_ptr<Times> times_ = std::make_shared<Times>();
};

// Closes the transport of a WebSocket for Beast immediately: the close frames
// have said everything that matters.
template <typename Handler>
void async_teardown(boost::beast::role_type, AnyStream& stream,
                    Handler&& handler) {
  stream.Close();
  asio::post(stream.get_executor(),
             [handler = std::forward<Handler>(handler)]() mutable {
               handler(error_code());
             });
}

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_STREAM_H_
