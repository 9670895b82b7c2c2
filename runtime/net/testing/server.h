// A real server in the test's own process: TCP or a Unix socket, with or
// without TLS. A test's function defines the answers to each connection, down
// to single bytes, so that it can also answer half or stop in the middle.
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
// means that the client has closed the connection (or that the server is being
// stopped).
class Conversation {
 public:
  virtual ~Conversation() = default;

  // Returns the number of the connection, from 0.
  virtual int index() const = 0;

  // Reads the next request with its whole body.
  virtual std::optional<Request> Next() = 0;
  // Sends a response to the last request.
  virtual bool Reply(int status, absl::string_view body = "",
                     const Headers& headers = {}) = 0;
  // Starts a chunked response.
  virtual bool StartChunks(int status, const Headers& headers = {}) = 0;
  // Sends a piece of a chunked response; an empty one ends it.
  virtual bool Chunk(absl::string_view data) = 0;

  // Sends bytes as they are.
  virtual bool Raw(absl::string_view bytes) = 0;
  // Reads some bytes, at most `max`.
  virtual std::optional<std::string> ReadRaw(size_t max) = 0;
  // Returns when the client has closed the connection.
  virtual void WaitForClose() = 0;

  // Answers the last request with 101 and the subprotocol (none if empty).
  // Afterwards only the four calls below are allowed.
  virtual bool AcceptWebSocket(const Request& request,
                               absl::string_view subprotocol) = 0;
  // Reads a whole binary message; nullopt also after the close frame.
  virtual std::optional<std::string> ReadMessage() = 0;
  // Sends a binary message.
  virtual bool WriteMessage(absl::string_view message) = 0;
  // Sends a ping.
  virtual bool Ping() = 0;
  // Sends a close frame and waits for the client's.
  virtual void CloseWebSocket(int code, absl::string_view reason) = 0;
};

// How the server listens.
struct ServerOptions {
  std::optional<KeyPair> tls;
  // Not empty: accepts only clients with a certificate of this authority.
  std::string client_ca_pem;
  // Listens on this Unix socket instead of 127.0.0.1.
  std::string unix_path;
  // 0: a free port. Else this port, e.g. for a server that comes back.
  int port = 0;
};

// A running server. The destructor closes all connections and waits for their
// threads.
class Server {
 public:
  using Handler = std::function<void(Conversation&)>;
  Server(const ServerOptions& options, Handler handler);
  explicit Server(Handler handler) : Server(ServerOptions{}, handler) {}
  ~Server();

  // Returns the server's URL with scheme http, https or unix.
  Url url() const;
  // Returns the number of connections so far.
  int connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Returns a handler that answers each request of a connection with the result
// of `answer`.
Server::Handler EachRequest(std::function<Response(const Request&)> answer);

}  // namespace ovenbird::net::testing

#endif  // OVENBIRD_RUNTIME_NET_TESTING_SERVER_H_
