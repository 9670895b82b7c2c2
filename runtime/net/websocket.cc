#include "runtime/net/websocket.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <new>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/mutex.h"
#include "runtime/base/thread.h"
#include "runtime/net/dial.h"
#include "runtime/net/start_websocket.h"

namespace ovenbird::net {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using Socket = websocket::stream<AnyStream>;

// Frames of up to this size are masked and sent in one piece. Together with
// the frame's head just under what Asio gives to one write.
constexpr size_t kWriteBuffer = 64 * 1024 - 32;
constexpr size_t kMaxMessage = 64 * 1024 * 1024;

// An operation that one thread waits for and the I/O thread ends.
struct Operation {
  bool done = false;
  error_code error;
};

class WebSocketImpl : public WebSocket {
 public:
  WebSocketImpl(Dialer dialer, Connection connection,
                const WebSocketRequest& request, Cancellation* cancel)
      : dialer_(std::move(dialer)),
        loop_(std::move(connection.loop)),
        tls_report_(std::move(connection.tls_report)),
        ping_interval_(request.ping_interval),
        stall_timeout_(request.stall_timeout),
        cancel_(cancel),
        socket_(std::move(*connection.stream)),
        timer_(loop_->context().get_executor()) {
    socket_.binary(true);
    socket_.auto_fragment(false);
    socket_.write_buffer_bytes(kWriteBuffer);
    socket_.read_message_max(kMaxMessage);
  }

  ~WebSocketImpl() override {
    wake_.reset();
    if (!thread_.joinable()) return;
    loop_->Finish();
    Interrupt();
    thread_.join();
  }

  // OK with `refusal` filled when the server answers without switching.
  absl::Status Handshake(const WebSocketRequest& request, Deadline deadline,
                         std::optional<Response>& refusal);

  // From here on the I/O thread alone touches the socket.
  absl::Status Start() {
    ScheduleCheck();
    // A cancellation at the end of the handshake has stopped it.
    loop_->context().restart();
    absl::Status status = StartThread(
        thread_, [this] { Serve(); }, [this] { Die(); });
    if (status.ok()) wake_.emplace(cancel_, [this] { Interrupt(); });
    return status;
  }

  const std::string& subprotocol() const override { return subprotocol_; }

  absl::Status Write(absl::string_view head, absl::string_view data) override {
    MutexLock one_at_a_time(&write_mutex_);
    const std::array<asio::const_buffer, 2> buffers = {
        asio::buffer(head.data(), head.size()),
        asio::buffer(data.data(), data.size())};
    const error_code ec = Await([&](Operation& operation) {
      writing_ = true;
      socket_.async_write(buffers, [&](error_code result, size_t) {
        writing_ = false;
        last_written_ = socket_.next_layer().last_write();
        End(operation, result);
      });
    });
    if (!ec) return absl::OkStatus();
    if (ec == websocket::error::closed) {
      return absl::UnavailableError(absl::StrCat(
          dialer_.url.Origin(), ": the WebSocket was closed by the server"));
    }
    return Error(ec, "while sending");
  }

  absl::StatusOr<std::optional<std::string>> Read() override {
    MutexLock one_at_a_time(&read_mutex_);
    beast::flat_buffer buffer;
    const error_code ec = Await([&](Operation& operation) {
      socket_.async_read(buffer, [&](error_code result, size_t) {
        // Beast's word for a read that our own goodbye has ended.
        if (closing_ && result == asio::error::operation_aborted) {
          result = websocket::error::closed;
        }
        if (result == websocket::error::closed) NoteCloseReason();
        End(operation, result);
      });
    });
    if (!ec) return beast::buffers_to_string(buffer.data());
    if (ec == websocket::error::closed) return std::nullopt;
    return Error(ec, "without a close frame");
  }

  std::string close_reason() const override {
    MutexLock lock(&mutex_);
    return close_reason_;
  }

  void Close(absl::Duration patience) override {
    try {
      SayGoodbye(patience);
    } catch (const std::bad_alloc&) {
      Interrupt();
    }
  }

 private:
  void SayGoodbye(absl::Duration patience) {
    Await([&](Operation& operation) {
      // Beast takes no second goodbye.
      if (closing_) return End(operation, asio::error::operation_aborted);
      closing_ = true;
      const auto limit = std::make_shared<asio::steady_timer>(
          loop_->context(), absl::ToChronoNanoseconds(patience));
      limit->async_wait([this](error_code ec) {
        if (!ec) Fail(absl::UnavailableError("no close frame in time"));
      });
      socket_.async_close(websocket::close_code::normal,
                          [this, &operation, limit](error_code result) {
                            limit->cancel();
                            End(operation, result);
                          });
    });
  }

  // Lets the I/O thread end all operations. Needs no memory.
  void Interrupt() {
    interrupted_ = true;
    loop_->context().stop();
  }

  // The I/O thread.
  void Serve() {
    while (true) {
      loop_->context().run();
      if (!interrupted_.exchange(false)) return;
      loop_->context().restart();
      Fail(absl::CancelledError("cancelled"));
    }
  }

  // The I/O thread has ended before its time: it has no memory. What is still
  // pending ends with the loop.
  void Die() {
    MutexLock lock(&mutex_);
    failure_ = no_memory_;
    is_dead_ = true;
    changed_.SignalAll();
  }

  // In the I/O thread.
  void End(Operation& operation, error_code ec) {
    MutexLock lock(&mutex_);
    operation.error = ec;
    operation.done = true;
    changed_.SignalAll();
  }

  // Starts an operation in the I/O thread and waits for its end.
  template <typename Start>
  error_code Await(Start start) {
    Operation operation;
    asio::post(loop_->context(), [&] {
      if (failed()) return End(operation, asio::error::operation_aborted);
      start(operation);
    });
    MutexLock lock(&mutex_);
    while (!operation.done && !is_dead_) changed_.Wait(&mutex_);
    return operation.done ? operation.error
                          : error_code(asio::error::operation_aborted);
  }

  bool failed() const {
    MutexLock lock(&mutex_);
    return !failure_.ok();
  }

  // In the I/O thread: ends all operations; the first reason counts.
  void Fail(const absl::Status& status) {
    {
      MutexLock lock(&mutex_);
      if (failure_.ok()) failure_ = status;
    }
    timer_.cancel();
    socket_.next_layer().Close();
  }

  absl::Status Error(error_code ec, absl::string_view while_doing) const {
    {
      MutexLock lock(&mutex_);
      if (!failure_.ok()) {
        return absl::Status(
            failure_.code(),
            absl::StrCat(dialer_.url.Origin(), ": ", failure_.message()));
      }
    }
    return IoError(dialer_, tls_report_.get(), ec, while_doing);
  }

  void NoteCloseReason() {
    const websocket::close_reason& reason = socket_.reason();
    MutexLock lock(&mutex_);
    close_reason_ = std::string(reason.reason.data(), reason.reason.size());
  }

  void ScheduleCheck() {
    timer_.expires_after(absl::ToChronoNanoseconds(ping_interval_));
    timer_.async_wait([this](error_code ec) {
      if (!ec) Check();
    });
  }

  // How long nothing has moved. Our own pings do not count: the system takes
  // them for a while also when nobody receives them.
  absl::Duration Silence() {
    const AnyStream& stream = socket_.next_layer();
    const auto last = std::max(stream.last_read(),
                               writing_ ? stream.last_write() : last_written_);
    return absl::FromChrono(AnyStream::Clock::now() - last);
  }

  // Looks whether anything moves; asks the other side for a sign of life.
  void Check() {
    const absl::Duration silence = Silence();
    if (silence >= stall_timeout_) {
      return Fail(absl::UnavailableError(
          absl::StrCat("no data was transferred for ",
                       absl::FormatDuration(stall_timeout_))));
    }
    if (silence >= ping_interval_ && !pinging_ && socket_.is_open()) {
      pinging_ = true;
      socket_.async_ping({}, [this](error_code) { pinging_ = false; });
    }
    ScheduleCheck();
  }

  const Dialer dialer_;
  const std::unique_ptr<Loop> loop_;
  const std::shared_ptr<TlsReport> tls_report_;
  const absl::Duration ping_interval_;
  const absl::Duration stall_timeout_;
  Cancellation* const cancel_;
  std::string subprotocol_;

  Socket socket_;
  asio::steady_timer timer_;
  // Used in the I/O thread only.
  bool pinging_ = false;
  bool writing_ = false;
  bool closing_ = false;
  AnyStream::Clock::time_point last_written_ = AnyStream::Clock::now();

  Mutex write_mutex_;
  Mutex read_mutex_;
  mutable Mutex mutex_;
  CondVar changed_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  bool is_dead_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<bool> interrupted_{false};
  const absl::Status no_memory_ =
      absl::ResourceExhaustedError("there is no more memory");
  std::string close_reason_ ABSL_GUARDED_BY(mutex_);

  Thread thread_;
  std::optional<Cancellation::Subscription> wake_;
};

absl::Status WebSocketImpl::Handshake(const WebSocketRequest& request,
                                      Deadline deadline,
                                      std::optional<Response>& refusal) {
  socket_.set_option(
      websocket::stream_base::decorator([&](websocket::request_type& message) {
        message.set("User-Agent", "ovenbird");
        for (const auto& [name, value] : request.headers) {
          message.insert(name, value);
        }
        if (request.subprotocols.empty()) return;
        message.set("Sec-WebSocket-Protocol",
                    absl::StrJoin(request.subprotocols, ", "));
      }));
  websocket::response_type response;
  bool done = false;
  error_code result;
  socket_.async_handshake(response, dialer_.url.HostPort(), request.target,
                          [&](error_code ec) {
                            result = ec;
                            done = true;
                          });
  absl::Status status = loop_->Run(done, deadline, cancel_,
                                   [this] { socket_.next_layer().Close(); });
  // The decorator refers to this call's request.
  socket_.set_option(
      websocket::stream_base::decorator([](websocket::request_type&) {}));
  if (!status.ok() && result) {
    return absl::Status(status.code(), absl::StrCat(dialer_.url.Origin(), ": ",
                                                    status.message()));
  }
  if (result == websocket::error::upgrade_declined &&
      response.result_int() < 100) {
    return absl::UnavailableError(
        absl::StrCat(dialer_.url.Origin(),
                     ": it does not answer like an HTTP/1.1 server "
                     "(bad status)"));
  }
  if (result == websocket::error::upgrade_declined) {
    refusal.emplace();
    refusal->status = response.result_int();
    for (const auto& field : response) {
      refusal->headers.emplace_back(std::string(field.name_string()),
                                    std::string(field.value()));
    }
    refusal->body = response.body();
    return absl::OkStatus();
  }
  if (result) {
    return IoError(dialer_, tls_report_.get(), result,
                   "in the WebSocket handshake");
  }
  subprotocol_ = std::string(response["Sec-WebSocket-Protocol"]);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WebSocketReply> StartWebSocket(Dialer dialer,
                                              Connection connection,
                                              const WebSocketRequest& request,
                                              Deadline deadline,
                                              Cancellation* cancel) {
  auto socket = std::make_unique<WebSocketImpl>(
      std::move(dialer), std::move(connection), request, cancel);
  std::optional<Response> refusal;
  absl::Status status = socket->Handshake(request, deadline, refusal);
  if (!status.ok()) return status;
  WebSocketReply reply;
  if (refusal) {
    reply.refusal = *std::move(refusal);
  } else {
    if (absl::Status s = socket->Start(); !s.ok()) return s;
    reply.socket = std::move(socket);
  }
  return reply;
}

absl::StatusOr<WebSocketReply> OpenWebSocket(const Url& base,
                                             const ClientOptions& options,
                                             const WebSocketRequest& request,
                                             Cancellation* cancel) {
  absl::StatusOr<Dialer> dialer = NewDialer(base, options);
  if (!dialer.ok()) return dialer.status();
  dialer->forward_plain_http = false;
  const Deadline deadline = DeadlineIn(request.timeout);
  absl::StatusOr<Connection> connection = Dial(*dialer, deadline, cancel);
  if (!connection.ok()) return connection.status();
  return StartWebSocket(*std::move(dialer), *std::move(connection), request,
                        deadline, cancel);
}

}  // namespace ovenbird::net
