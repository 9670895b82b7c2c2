// Internal to net: OpenSSL contexts, TLS streams, and failures in words.
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
// kInvalidArgument names the PEM that can't be read.
absl::StatusOr<std::shared_ptr<TlsContext>> NewTlsContext(
    const TlsOptions& options);

// What was found wrong with the other side's certificate.
struct TlsReport {
  std::string host;     // that was asked for
  std::string problem;  // "certificate has expired (on 2024-01-02)"; "" = ok
  bool client_certificate = false;  // we had one to show
};

// A stream inside of `lower`, and the handshake that must come first.
class TlsStream : public Stream {
 public:
  virtual void Handshake(absl::AnyInvocable<void(error_code)> handler) = 0;
};
std::unique_ptr<TlsStream> NewTlsStream(asio::io_context& io,
                                        std::unique_ptr<Stream> lower,
                                        std::shared_ptr<TlsContext> context,
                                        absl::string_view host,
                                        std::shared_ptr<TlsReport> report);

// True when `ec` is TLS's own; then `TlsProblem` says it in words.
bool IsTlsError(const error_code& ec);
std::string TlsProblem(const error_code& ec, const TlsReport& report);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_TLS_H_
