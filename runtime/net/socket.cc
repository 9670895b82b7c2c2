#include "runtime/net/socket.h"

#include <sys/socket.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/net/resolve.h"

namespace ovenbird::net {
namespace {

using Protocol = asio::generic::stream_protocol;
using Socket =
    asio::basic_stream_socket<Protocol, asio::io_context::executor_type>;
using Endpoint = Protocol::endpoint;

class SocketStream : public Stream {
 public:
  explicit SocketStream(Socket socket) : socket_(std::move(socket)) {}

  void ReadSome(asio::mutable_buffer buffer, IoHandler handler) override {
    socket_.async_read_some(buffer, std::move(handler));
  }
  void WriteSome(asio::const_buffer buffer, IoHandler handler) override {
    socket_.async_write_some(buffer, std::move(handler));
  }
  void Close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  bool LooksIdle() override {
    char byte;
    const ssize_t n =
        recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

 private:
  Socket socket_;
};

// A peer that has vanished is found within about two minutes, also on a
// connection that only listens (a watch).
void SetOptions(Socket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto set = [&](int option, int value) {
    setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value,
               sizeof(value));
  };
  set(TCP_KEEPIDLE, 30);
  set(TCP_KEEPINTVL, 15);
  set(TCP_KEEPCNT, 6);
}

// Connects to several endpoints, each next one a little later; the first that
// answers wins and the others are closed.
class Race {
 public:
  Race(Loop& loop, std::vector<Endpoint> endpoints)
      : loop_(loop),
        endpoints_(std::move(endpoints)),
        timer_(loop.context().get_executor()) {}

  absl::Status Run(Deadline deadline, Cancellation* cancel) {
    StartNext();
    return loop_.Run(done_, deadline, cancel, [this] { CloseAll(-1); });
  }

  // The connected socket, or why there is none.
  bool won() const { return winner_ >= 0; }
  Socket TakeWinner() { return std::move(sockets_[winner_]); }
  error_code error() const { return first_error_; }

 private:
  static constexpr auto kStagger = std::chrono::milliseconds(250);

  void StartNext() {
    if (over_ || sockets_.size() == endpoints_.size()) return;
    const int index = static_cast<int>(sockets_.size());
    sockets_.emplace_back(loop_.context().get_executor());
    ++pending_;
    sockets_.back().async_connect(
        endpoints_[index], [this, index](error_code ec) { OnEnd(index, ec); });
    if (sockets_.size() == endpoints_.size()) return;
    timer_.expires_after(kStagger);
    ++pending_;
    timer_.async_wait([this](error_code ec) {
      --pending_;
      if (!ec) StartNext();
      CheckDone();
    });
  }

  void OnEnd(int index, error_code ec) {
    --pending_;
    if (!ec && !over_) {
      winner_ = index;
      CloseAll(index);
    } else if (!over_) {
      if (!first_error_) first_error_ = ec;
      // The next one's turn comes with this one's failure, not the timer.
      if (timer_.cancel() > 0) StartNext();
    }
    CheckDone();
  }

  void CloseAll(int except) {
    over_ = true;
    timer_.cancel();
    for (int i = 0; i < static_cast<int>(sockets_.size()); ++i) {
      error_code ignored;
      if (i != except) sockets_[i].close(ignored);
    }
  }

  void CheckDone() { done_ = pending_ == 0; }

  Loop& loop_;
  std::vector<Endpoint> endpoints_;
  std::deque<Socket> sockets_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             asio::io_context::executor_type>
      timer_;
  int pending_ = 0;
  int winner_ = -1;
  bool over_ = false;
  bool done_ = false;
  error_code first_error_;
};

}  // namespace

absl::Status CannotConnect(absl::string_view what, error_code ec) {
  if (ec == boost::system::errc::too_many_files_open ||
      ec == boost::system::errc::too_many_files_open_in_system) {
    return absl::ResourceExhaustedError(absl::StrCat(
        what,
        ": too many open files on this machine: raise the limit (`ulimit "
        "-n`), or use a smaller --jobs"));
  }
  return absl::UnavailableError(absl::StrCat(what, ": ", ec.message()));
}

absl::StatusOr<std::unique_ptr<Stream>> ConnectTcp(Loop& loop,
                                                   const std::string& host,
                                                   int port, Deadline deadline,
                                                   Cancellation* cancel) {
  auto found = Resolve(host, port, deadline, cancel);
  if (!found.ok()) return found.status();
  std::vector<Endpoint> endpoints(found->begin(), found->end());
  Race race(loop, std::move(endpoints));
  absl::Status status = race.Run(deadline, cancel);
  if (race.won()) {
    Socket socket = race.TakeWinner();
    SetOptions(socket);
    return std::make_unique<SocketStream>(std::move(socket));
  }
  if (absl::IsDeadlineExceeded(status)) {
    return absl::DeadlineExceededError(
        "timed out connecting; is the address correct, and is there a firewall "
        "or a VPN in between?");
  }
  if (!status.ok()) return status;
  std::ostringstream address;
  if (found->size() == 1 && found->front().address().to_string() != host) {
    address << " (" << found->front() << ")";
  }
  if (race.error() == asio::error::connection_refused) {
    return absl::UnavailableError(absl::StrCat(
        "connection refused", address.str(), "; nothing listens on this port"));
  }
  return CannotConnect(absl::StrCat("cannot connect", address.str()),
                       race.error());
}

absl::StatusOr<std::unique_ptr<Stream>> ConnectUnix(Loop& loop,
                                                    const std::string& path,
                                                    Deadline deadline,
                                                    Cancellation* cancel) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError("the socket's path is too long");
  }
  Race race(loop, {Endpoint(asio::local::stream_protocol::endpoint(path))});
  absl::Status status = race.Run(deadline, cancel);
  if (race.won()) return std::make_unique<SocketStream>(race.TakeWinner());
  if (!status.ok()) return status;
  if (race.error() == boost::system::errc::no_such_file_or_directory) {
    return absl::UnavailableError(
        "the socket does not exist; is the daemon running?");
  }
  if (race.error() == boost::system::errc::permission_denied) {
    return absl::UnavailableError(
        "permission denied; this user is not allowed to use the socket");
  }
  return CannotConnect("cannot connect", race.error());
}

}  // namespace ovenbird::net
