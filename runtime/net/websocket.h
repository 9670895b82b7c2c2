// A WebSocket client (RFC 6455) for binary messages. One thread may write while
// another reads.
#ifndef OVENBIRD_RUNTIME_NET_WEBSOCKET_H_
#define OVENBIRD_RUNTIME_NET_WEBSOCKET_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/message.h"
#include "runtime/net/options.h"
#include "runtime/net/url.h"

namespace ovenbird::net {

// The handshake of a WebSocket, and how long it may be silent afterwards.
struct WebSocketRequest {
  std::string target = "/";
  Headers headers;
  // Offered in this order; the server selects one.
  std::vector<std::string> subprotocols;
  // For the handshake, connecting included.
  absl::Duration timeout = absl::Seconds(60);
  // A silent connection is pinged this often, which also keeps load balancers
  // from cutting it. It fails with kUnavailable when nothing was received for
  // `stall_timeout`: the other side is unreachable.
  absl::Duration ping_interval = absl::Seconds(20);
  absl::Duration stall_timeout = absl::Minutes(5);
};

// An open WebSocket. The destructor cuts the connection; no call may be running
// then.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  // Returns the subprotocol that the server selected; empty if it selected
  // none.
  virtual const std::string& subprotocol() const = 0;

  // Sends `head` and `data` as one message. Blocks until the system has
  // accepted all of it, so that a slow reader at the other end slows the writer
  // down. kUnavailable once the connection is closed or broken.
  virtual absl::Status Write(absl::string_view head,
                             absl::string_view data) = 0;

  // Waits for the next message; nullopt when the other side has closed the
  // WebSocket. Pings are answered, and answers to ours are seen, only during
  // this call.
  virtual absl::StatusOr<std::optional<std::string>> Read() = 0;

  // Returns the server's reason after Read returned nullopt; may be empty.
  virtual std::string close_reason() const = 0;

  // Sends a close frame and waits up to `patience` for the other side's, then
  // cuts the connection. Running calls of Read and Write return.
  virtual void Close(absl::Duration patience) = 0;
};

// Either a WebSocket, or the HTTP response (`refusal`) that the server sent
// instead.
struct WebSocketReply {
  std::unique_ptr<WebSocket> socket;
  Response refusal;
};

// Connects and performs the handshake. `cancel` (may be null) ends it and all
// later calls with kCancelled. Errors as in http.h.
absl::StatusOr<WebSocketReply> OpenWebSocket(const Url& base,
                                             const ClientOptions& options,
                                             const WebSocketRequest& request,
                                             Cancellation* cancel = nullptr);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_WEBSOCKET_H_
