// Internal to net: OpenSSL contexts, TLS streams, and messages for TLS
// failures.
#ifndef OVENBIRD_RUNTIME_NET_TLS_H_
#define OVENBIRD_RUNTIME_NET_TLS_H_

#include <boost/system/error_code.hpp>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/net/options.h"
#include "runtime/net/stream.h"

namespace ovenbird::net {

// Certificates and keys, parsed once for all connections of a client.
class TlsContext {
 public:
  virtual ~TlsContext() = default;
};
// Parses the certificates and keys. kInvalidArgument names the PEM that cannot
// be parsed, or that is missing.
absl::StatusOr<std::shared_ptr<TlsContext>> NewTlsContext(
    const TlsOptions& options);

// The problem that was found in the other side's certificate, if any.
struct TlsReport {
  std::string host;     // that was asked for
  std::string problem;  // "certificate has expired (on 2024-01-02)"; "" = ok
  bool client_certificate = false;  // we had one to show
};

// TLS over another stream. Handshake() must come first.
class TlsStream : public Stream {
 public:
  // Starts the TLS handshake as a client, then calls `handler`.
  virtual void Handshake(absl::AnyInvocable<void(error_code)> handler) = 0;
};
// Returns TLS to `host` over `lower`. Writes the problems of the handshake into
// `report`, for TlsProblem.
std::unique_ptr<TlsStream> NewTlsStream(asio::io_context& io,
                                        std::unique_ptr<Stream> lower,
                                        std::shared_ptr<TlsContext> context,
                                        absl::string_view host,
                                        std::shared_ptr<TlsReport> report);

// Returns whether `ec` is an error of TLS itself, which TlsProblem explains.
bool IsTlsError(const error_code& ec);
// Returns the reason of a TLS error in words, without the origin.
std::string TlsProblem(const error_code& ec, const TlsReport& report);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_TLS_H_
