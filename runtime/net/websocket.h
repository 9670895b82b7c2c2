// A WebSocket client (RFC 6455) for binary messages. One thread may write
// while another reads.
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

struct WebSocketRequest {
  std::string target = "/";
  Headers headers;
  // Offered in this order; the server picks one.
  std::vector<std::string> subprotocols;
  // For the handshake, connecting included.
  absl::Duration timeout = absl::Seconds(60);
  // A silent connection is pinged that often, which also keeps load balancers
  // from cutting it, and given up (kUnavailable) when nothing at all has moved
  // in either direction for `stall_timeout`: the other side is gone, or it has
  // taken nothing of what is written to it for so long.
  absl::Duration ping_interval = absl::Seconds(20);
  absl::Duration stall_timeout = absl::Minutes(5);
};

// The destructor cuts the connection; no call may be running then.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  // What the server picked; empty when it picked none.
  virtual const std::string& subprotocol() const = 0;

  // Sends `head` and `data` as one message. Blocks until the system has taken
  // all of it, so that a slow reader at the other end slows the writer down.
  // kUnavailable once the connection is closed or broken.
  virtual absl::Status Write(absl::string_view head,
                             absl::string_view data) = 0;

  // The next message; nullopt when the other side has said goodbye. Pings
  // are answered, and answers to ours are seen, only while this is called.
  virtual absl::StatusOr<std::optional<std::string>> Read() = 0;

  // After Read gave nullopt: why, in the server's words; may be empty.
  virtual std::string close_reason() const = 0;

  // Says goodbye and waits up to `patience` for the same from the other side,
  // then cuts the connection. Calls of Read and Write that are running return.
  virtual void Close(absl::Duration patience) = 0;
};

// One of both: the server may answer with an HTTP response instead.
struct WebSocketReply {
  std::unique_ptr<WebSocket> socket;
  Response refusal;
};

// `cancel` (may be null) ends the handshake and all later calls with
// kCancelled. Errors as in http.h.
absl::StatusOr<WebSocketReply> OpenWebSocket(const Url& base,
                                             const ClientOptions& options,
                                             const WebSocketRequest& request,
                                             Cancellation* cancel = nullptr);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_WEBSOCKET_H_
