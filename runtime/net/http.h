// HTTP/1.1 over TCP, TLS and Unix sockets, direct or through a proxy. With
// websocket.h the only door to Boost.Beast, Boost.Asio and OpenSSL.
//
// Blocking calls with a deadline; a Cancellation ends them from another thread
// at once. A response with any HTTP status is a success here, and redirects
// are the caller's to follow. Errors:
//   kUnavailable         name not found, refused, reset, cut off
//   kDeadlineExceeded    too slow
//   kCancelled           by the Cancellation
//   kFailedPrecondition  TLS, and says why: unknown authority, expired, another
//                        host's certificate, client certificate refused, TLS
//                        spoken to a plain port or the reverse
//   kInvalidArgument     options that can't work (a key that is not PEM, ...)
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

// A client of one origin (scheme, host, port). Keeps connections alive and
// uses a free one or opens another: thread-safe. A connection that turns out
// to be closed is replaced, and the request sent again only where HTTP calls
// that safe (GET, HEAD, PUT, DELETE, OPTIONS without body_source).
class Client {
 public:
  virtual ~Client() = default;

  // `timeout` is for the whole call; with a body_source, for how long nothing
  // may move. kOutOfRange when the answer is longer than the request allows.
  virtual absl::StatusOr<Response> Send(const Request& request,
                                        absl::Duration timeout,
                                        Cancellation* cancel = nullptr) = 0;

  // Hands each piece of the body to `on_data` as it comes, after an empty one
  // that says that a 2xx answer has begun; it returns false to stop (which is a
  // success). `idle`: how long nothing may come. The response's body is empty
  // for a 2xx status, else the error's body.
  virtual absl::StatusOr<Response> Stream(
      const Request& request, std::function<bool(absl::string_view)> on_data,
      absl::Duration idle, Cancellation* cancel = nullptr) = 0;
};

// `base` gives scheme, host and port; its target is not used.
absl::StatusOr<std::unique_ptr<Client>> NewClient(const Url& base,
                                                  ClientOptions options);
absl::StatusOr<std::unique_ptr<Client>> NewClient(const Url& base,
                                                  const TlsOptions& tls = {});

// True for an error that came before a byte of the request was sent, so that
// any request may be sent again.
bool WasNeverSent(const absl::Status& status);

// True for an error of a server that speaks TLS with a certificate that was
// refused.
bool IsCertificateError(const absl::Status& status);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_HTTP_H_
