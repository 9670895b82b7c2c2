// Internal to net: the handshake of a WebSocket on a connection that is open.
#ifndef OVENBIRD_RUNTIME_NET_START_WEBSOCKET_H_
#define OVENBIRD_RUNTIME_NET_START_WEBSOCKET_H_

#include "absl/status/statusor.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/dial.h"
#include "runtime/net/loop.h"
#include "runtime/net/websocket.h"

namespace ovenbird::net {

// Performs the handshake. Arguments and errors as for OpenWebSocket.
absl::StatusOr<WebSocketReply> StartWebSocket(Dialer dialer,
                                              Connection connection,
                                              const WebSocketRequest& request,
                                              Deadline deadline,
                                              Cancellation* cancel);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_START_WEBSOCKET_H_
