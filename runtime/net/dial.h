// Internal to net: opens a connection to an origin, through a proxy and TLS
// where they are configured.
#ifndef OVENBIRD_RUNTIME_NET_DIAL_H_
#define OVENBIRD_RUNTIME_NET_DIAL_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/loop.h"
#include "runtime/net/options.h"
#include "runtime/net/stream.h"
#include "runtime/net/tls.h"
#include "runtime/net/url.h"

namespace ovenbird::net {

// Payload of errors that occurred before a byte of a request was sent
// (WasNeverSent).
inline constexpr char kUnsentPayload[] = "ovenbird.net/unsent";

// Payload of errors of a server whose certificate was refused
// (IsCertificateError).
inline constexpr char kCertificatePayload[] = "ovenbird.net/certificate";

// Everything that is needed to open connections to one origin.
struct Dialer {
  Url url;
  std::shared_ptr<TlsContext> tls;  // null for http and unix
  std::optional<Url> proxy;
  std::shared_ptr<TlsContext> proxy_tls;  // for an https proxy
  absl::Duration connect_timeout;
  // A plain-http proxy gets whole URLs in the request line instead of a tunnel.
  bool forward_plain_http = true;
};

// Parses certificates and finds the proxy for the URL. kInvalidArgument: an
// option or an environment variable is malformed.
absl::StatusOr<Dialer> NewDialer(const Url& url, const ClientOptions& options);

// A connected stream and the loop it runs on. Not thread-safe.
struct Connection {
  std::unique_ptr<Loop> loop;
  std::unique_ptr<AnyStream> stream;
  std::shared_ptr<TlsReport> tls_report;  // null without TLS
  // The requests go to a proxy: whole URLs in the request line, and this header
  // if it is not empty.
  bool forward_proxy = false;
  std::string proxy_authorization;
};

// Opens a connection. The limit is the earlier of `deadline` and the dialer's
// connect_timeout. All errors have kUnsentPayload.
absl::StatusOr<Connection> Dial(const Dialer& dialer, Deadline deadline,
                                Cancellation* cancel);

// Returns the error for a failed read or write: "https://host:6443: " and the
// reason in words. `report` may be null. `while_doing` completes "the
// connection was closed ...".
absl::Status IoError(const Dialer& dialer, const TlsReport* report,
                     error_code ec, absl::string_view while_doing);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_DIAL_H_
