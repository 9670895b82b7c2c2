// How to reach a server: trust store, client certificate, proxy.
#ifndef OVENBIRD_RUNTIME_NET_OPTIONS_H_
#define OVENBIRD_RUNTIME_NET_OPTIONS_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace ovenbird::net {

// Certificates and keys as PEM, not as file names.
struct TlsOptions {
  // The only trusted certificates. Empty: the system's trust store.
  std::string ca_pem;
  // The client's certificate chain, its own certificate first. Empty: none.
  std::string client_cert_pem;
  std::string client_key_pem;
  bool insecure_skip_verify = false;
  // The name to send (SNI) and to expect in the certificate. Empty: the URL's
  // host.
  std::string server_name;
};

// How to connect to an origin.
struct ClientOptions {
  TlsOptions tls;
  // http://, https:// or socks5:// [user:password@]host:port. Empty: no proxy.
  // Not set: HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide.
  std::optional<std::string> proxy;
  // For name lookup, TCP, proxy and TLS together; within the call's timeout.
  absl::Duration connect_timeout = absl::Seconds(30);
};

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_OPTIONS_H_
