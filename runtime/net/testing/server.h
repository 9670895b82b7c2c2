// A real server in the test's own process: TCP or a Unix socket, with or
// without TLS. A test says with a function what each connection hears, down to
// single bytes, so that half answers and sudden ends can be shown too.
#ifndef OVENBIRD_RUNTIME_NET_TESTING_SERVER_H_
#define OVENBIRD_RUNTIME_NET_TESTING_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/certificates.h"
#include "runtime/net/url.h"

namespace ovenbird::net::testing {

// One connection, in a thread of its own. Each call blocks; false or nullopt
// says that the client has gone (or that the server is being stopped).
class Conversation {
 public:
  virtual ~Conversation() = default;

  // Which connection of the server this is, from 0.
  virtual int index() const = 0;

  // The next request with its whole body.
  virtual std::optional<Request> Next() = 0;
  virtual bool Reply(int status, absl::string_view body = "",
                     const Headers& headers = {}) = 0;
  // A chunked response, piece by piece; an empty chunk ends it.
  virtual bool StartChunks(int status, const Headers& headers = {}) = 0;
  virtual bool Chunk(absl::string_view data) = 0;

  virtual bool Raw(absl::string_view bytes) = 0;
  // Some bytes, at most `max`.
  virtual std::optional<std::string> ReadRaw(size_t max) = 0;
  // Returns when the client has closed the connection.
  virtual void WaitForClose() = 0;

  // Answers `request` with 101 and the subprotocol (none when empty). From
  // then on only the four calls below.
  virtual bool AcceptWebSocket(const Request& request,
                               absl::string_view subprotocol) = 0;
  // A whole binary message; nullopt after the close frame too.
  virtual std::optional<std::string> ReadMessage() = 0;
  virtual bool WriteMessage(absl::string_view message) = 0;
  virtual bool Ping() = 0;
  virtual void CloseWebSocket(int code, absl::string_view reason) = 0;
};

struct ServerOptions {
  std::optional<KeyPair> tls;
  // Only clients with a certificate of this authority.
  std::string client_ca_pem;
  // Listens there and not on 127.0.0.1.
  std::string unix_path;
  // 0: a free one. Another: the same again, for a server that comes back.
  int port = 0;
};

// Stops in its destructor: ends all connections and waits for their threads.
class Server {
 public:
  using Handler = std::function<void(Conversation&)>;
  Server(const ServerOptions& options, Handler handler);
  explicit Server(Handler handler) : Server(ServerOptions{}, handler) {}
  ~Server();

  // With scheme http, https or unix.
  Url url() const;
  // Connections so far.
  int connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// A handler that answers each request of a connection by `answer`.
Server::Handler EachRequest(std::function<Response(const Request&)> answer);

}  // namespace ovenbird::net::testing

#endif  // OVENBIRD_RUNTIME_NET_TESTING_SERVER_H_
