// HTTP/1.1 over TCP, TLS and Unix sockets, direct or through a proxy. Next to
// websocket.h the only interface to Boost.Beast, Boost.Asio and OpenSSL's TLS.
//
// Calls block until a deadline; a Cancellation ends them immediately from
// another thread. A response with any HTTP status is a success here, and the
// caller has to follow redirects. Errors:
//   kUnavailable         name not found, refused, reset, cut off
//   kDeadlineExceeded    timed out
//   kCancelled           by the Cancellation
//   kFailedPrecondition  TLS, with the reason: unknown authority, expired
//                        certificate, certificate for a different host, client
//                        certificate refused, TLS on a plain port or the
//                        reverse
//   kInvalidArgument     malformed options (a key that is not PEM, ...)
// Each message starts with the origin: "https://10.0.0.1:6443: ...".
#ifndef OVENBIRD_RUNTIME_NET_HTTP_H_
#define OVENBIRD_RUNTIME_NET_HTTP_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/message.h"
#include "runtime/net/options.h"
#include "runtime/net/url.h"

namespace ovenbird::net {

// A client of one origin (scheme, host, port). Thread-safe: keeps connections
// alive, and uses a free one or opens another. A connection that turns out to
// be closed is replaced, and the request sent again only where HTTP calls that
// safe (GET, HEAD, PUT, DELETE, OPTIONS without body_source).
class Client {
 public:
  virtual ~Client() = default;

  // Sends a request and returns the response with its body. `timeout` applies
  // to the whole call; with a body_source or may_be_slow, to the time in which
  // nothing moves while it is sent, and then to the response.
  // kOutOfRange: the body is longer than Request::max_answer.
  virtual absl::StatusOr<Response> Send(const Request& request,
                                        absl::Duration timeout,
                                        Cancellation* cancel = nullptr) = 0;

  // Sends a request and passes each piece of the body to `on_data` as it
  // arrives, after an empty one when a 2xx answer has begun; `on_data` returns
  // false to stop, which is a success. `idle` is the longest time without data.
  // The response's body is empty for a 2xx status, else the error's body.
  virtual absl::StatusOr<Response> Stream(
      const Request& request, std::function<bool(absl::string_view)> on_data,
      absl::Duration idle, Cancellation* cancel = nullptr) = 0;
};

// Returns a client of the origin of `base`, whose target is not used. Does not
// connect yet. kInvalidArgument: an option is malformed (a key that is not PEM,
// ...).
absl::StatusOr<std::unique_ptr<Client>> NewClient(const Url& base,
                                                  ClientOptions options);
absl::StatusOr<std::unique_ptr<Client>> NewClient(const Url& base,
                                                  const TlsOptions& tls = {});

// Returns whether the error occurred before a byte of the request was sent, so
// that any request may be sent again.
bool WasNeverSent(const absl::Status& status);

// Returns whether the error is of a server that speaks TLS with a certificate
// that was refused.
bool IsCertificateError(const absl::Status& status);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_HTTP_H_
