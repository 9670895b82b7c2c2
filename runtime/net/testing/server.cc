#include "runtime/net/testing/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <list>
#include <map>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/mutex.h"

namespace ovenbird::net::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;
using Socket = Protocol::socket;

// The connection as Beast's blocking calls want it, plain or TLS.
class Transport {
 public:
  using executor_type = asio::io_context::executor_type;

  Transport(asio::io_context& io, Socket socket, asio::ssl::context* tls)
      : io_(io) {
    if (tls != nullptr) {
      tls_.emplace(std::move(socket), *tls);
    } else {
      plain_.emplace(std::move(socket));
    }
  }
  bool Handshake() {
    error_code ec;
    if (tls_) tls_->handshake(asio::ssl::stream_base::server, ec);
    return !ec;
  }
  executor_type get_executor() { return io_.get_executor(); }

  template <typename Buffers>
  size_t read_some(const Buffers& buffers, error_code& ec) {
    return tls_ ? tls_->read_some(buffers, ec) : plain_->read_some(buffers, ec);
  }
  template <typename Buffers>
  size_t write_some(const Buffers& buffers, error_code& ec) {
    return tls_ ? tls_->write_some(buffers, ec)
                : plain_->write_some(buffers, ec);
  }
  template <typename Buffers>
  size_t read_some(const Buffers& buffers) {
    error_code ec;
    const size_t n = read_some(buffers, ec);
    if (ec) throw boost::system::system_error(ec);
    return n;
  }
  template <typename Buffers>
  size_t write_some(const Buffers& buffers) {
    error_code ec;
    const size_t n = write_some(buffers, ec);
    if (ec) throw boost::system::system_error(ec);
    return n;
  }

 private:
  asio::io_context& io_;
  std::optional<Socket> plain_;
  std::optional<asio::ssl::stream<Socket>> tls_;
};

void teardown(beast::role_type, Transport&, error_code& ec) { ec = {}; }

class ConversationImpl : public Conversation {
 public:
  ConversationImpl(Transport& transport, int index)
      : transport_(transport), index_(index) {}

  int index() const override { return index_; }

  std::optional<Request> Next() override {
    error_code ec;
    http::request_parser<http::string_body> parser;
    parser.body_limit(std::numeric_limits<uint64_t>::max());
    http::read(transport_, buffer_, parser, ec);
    if (ec) return std::nullopt;
    last_ = parser.release();
    Request out;
    out.method = std::string(last_.method_string());
    out.target = std::string(last_.target());
    for (const auto& field : last_) {
      out.headers.emplace_back(std::string(field.name_string()),
                               std::string(field.value()));
    }
    out.body = last_.body();
    return out;
  }

  bool Reply(int status, absl::string_view body,
             const Headers& headers) override {
    http::response<http::string_body> response;
    response.version(11);
    response.result(static_cast<unsigned>(status));
    for (const auto& [name, value] : headers) response.insert(name, value);
    response.body() = std::string(body);
    if (status != 204 && status != 304) response.prepare_payload();
    if (last_.method() == http::verb::head) response.body().clear();
    error_code ec;
    http::write(transport_, response, ec);
    return !ec;
  }

  bool StartChunks(int status, const Headers& headers) override {
    std::string head = absl::StrCat("HTTP/1.1 ", status, " Status\r\n",
                                    "Transfer-Encoding: chunked\r\n");
    for (const auto& [name, value] : headers) {
      absl::StrAppend(&head, name, ": ", value, "\r\n");
    }
    return Raw(head + "\r\n");
  }

  bool Chunk(absl::string_view data) override {
    return Raw(absl::StrCat(absl::Hex(data.size()), "\r\n", data, "\r\n"));
  }

  bool Raw(absl::string_view bytes) override {
    error_code ec;
    asio::write(transport_, asio::buffer(bytes.data(), bytes.size()), ec);
    return !ec;
  }

  std::optional<std::string> ReadRaw(size_t max) override {
    std::string out(max, '\0');
    error_code ec;
    out.resize(transport_.read_some(asio::buffer(out.data(), max), ec));
    if (ec) return std::nullopt;
    return out;
  }

  void WaitForClose() override {
    while (ReadRaw(4096).has_value()) {
    }
  }

  bool AcceptWebSocket(const Request&, absl::string_view protocol) override {
    websocket_.emplace(transport_);
    websocket_->read_message_max(0);
    websocket_->binary(true);
    websocket_->set_option(websocket::stream_base::decorator(
        [protocol](websocket::response_type& response) {
          if (protocol.empty()) return;
          response.set(http::field::sec_websocket_protocol,
                       beast::string_view(protocol.data(), protocol.size()));
        }));
    error_code ec;
    websocket_->accept(last_, ec);
    return !ec;
  }

  std::optional<std::string> ReadMessage() override {
    beast::flat_buffer buffer;
    error_code ec;
    websocket_->read(buffer, ec);
    if (ec) return std::nullopt;
    return beast::buffers_to_string(buffer.data());
  }

  bool WriteMessage(absl::string_view message) override {
    error_code ec;
    websocket_->write(asio::buffer(message.data(), message.size()), ec);
    return !ec;
  }

  bool Ping() override {
    error_code ec;
    websocket_->ping({}, ec);
    return !ec;
  }

  void CloseWebSocket(int code, absl::string_view reason) override {
    error_code ec;
    websocket_->close(websocket::close_reason(
                          static_cast<websocket::close_code>(code),
                          beast::string_view(reason.data(), reason.size())),
                      ec);
  }

 private:
  Transport& transport_;
  const int index_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> last_;
  std::optional<websocket::stream<Transport&>> websocket_;
};

void UseTls(const ServerOptions& options, asio::ssl::context& context) {
  context.use_certificate_chain(asio::buffer(options.tls->cert_pem));
  context.use_private_key(asio::buffer(options.tls->key_pem),
                          asio::ssl::context::pem);
  if (options.client_ca_pem.empty()) return;
  context.add_certificate_authority(asio::buffer(options.client_ca_pem));
  context.set_verify_mode(asio::ssl::verify_peer |
                          asio::ssl::verify_fail_if_no_peer_cert);
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Handler handler)
      : options_(options), handler_(std::move(handler)) {
    if (options_.tls) {
      tls_.emplace(asio::ssl::context::tls_server);
      UseTls(options_, *tls_);
    }
    Listen();
    accepting_ = std::thread([this] { Accept(); });
  }

  ~Impl() {
    {
      MutexLock lock(&mutex_);
      stopping_ = true;
      shutdown(acceptor_->native_handle(), SHUT_RDWR);
      for (const auto& [id, fd] : open_) shutdown(fd, SHUT_RDWR);
    }
    accepting_.join();
    for (std::thread& thread : threads_) thread.join();
  }

  Url url() const {
    Url url;
    url.host = "127.0.0.1";
    url.scheme = options_.tls ? "https" : "http";
    url.port = port_;
    if (!options_.unix_path.empty()) {
      url.scheme = "unix";
      url.host = "localhost";
      url.socket_path = options_.unix_path;
    }
    return url;
  }

  int connections() const {
    MutexLock lock(&mutex_);
    return connections_;
  }

 private:
  void Listen() {
    Protocol::endpoint endpoint = asio::ip::tcp::endpoint(
        asio::ip::address_v4::loopback(), static_cast<uint16_t>(options_.port));
    if (!options_.unix_path.empty()) {
      unlink(options_.unix_path.c_str());
      endpoint = asio::local::stream_protocol::endpoint(options_.unix_path);
    }
    acceptor_.emplace(io_);
    acceptor_->open(endpoint.protocol());
    acceptor_->set_option(asio::socket_base::reuse_address(true));
    acceptor_->bind(endpoint);
    acceptor_->listen();
    if (options_.unix_path.empty()) {
      asio::ip::tcp::endpoint bound;
      const Protocol::endpoint any = acceptor_->local_endpoint();
      std::memcpy(bound.data(), any.data(), any.size());
      port_ = bound.port();
    }
  }

  void Accept() {
    for (;;) {
      error_code ec;
      Socket socket(io_);
      acceptor_->accept(socket, ec);
      MutexLock lock(&mutex_);
      if (stopping_) return;
      if (ec) continue;
      const int id = connections_++;
      open_[id] = socket.native_handle();
      threads_.emplace_back([this, id, s = std::move(socket)]() mutable {
        Serve(id, std::move(s));
      });
    }
  }

  void Serve(int id, Socket socket) {
    Transport transport(io_, std::move(socket), tls_ ? &*tls_ : nullptr);
    if (transport.Handshake()) {
      ConversationImpl conversation(transport, id);
      handler_(conversation);
    }
    MutexLock lock(&mutex_);
    open_.erase(id);
  }

  const ServerOptions options_;
  const Handler handler_;
  asio::io_context io_;
  std::optional<asio::ssl::context> tls_;
  std::optional<asio::basic_socket_acceptor<Protocol>> acceptor_;
  int port_ = 0;
  mutable Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int, int> open_ ABSL_GUARDED_BY(mutex_);
  std::list<std::thread> threads_;
  std::thread accepting_;
};

Server::Server(const ServerOptions& options, Handler handler)
    : impl_(std::make_unique<Impl>(options, std::move(handler))) {}
Server::~Server() = default;
Url Server::url() const { return impl_->url(); }
int Server::connections() const { return impl_->connections(); }

Server::Handler EachRequest(std::function<Response(const Request&)> answer) {
  return [answer](Conversation& conversation) {
    while (std::optional<Request> request = conversation.Next()) {
      const Response response = answer(*request);
      if (!conversation.Reply(response.status, response.body,
                              response.headers)) {
        return;
      }
    }
  };
}

}  // namespace ovenbird::net::testing
