// How to reach a server: trust, identity, proxy.
#ifndef OVENBIRD_RUNTIME_NET_OPTIONS_H_
#define OVENBIRD_RUNTIME_NET_OPTIONS_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace ovenbird::net {

// PEM texts, not file names.
struct TlsOptions {
  // Certificates that are trusted, alone. Empty: the system's.
  std::string ca_pem;
  // The client's chain, its own certificate first. Empty: none.
  std::string client_cert_pem;
  std::string client_key_pem;
  bool insecure_skip_verify = false;
  // The name to ask for (SNI) and to find in the certificate. Empty: the
  // URL's host.
  std::string server_name;
};

struct ClientOptions {
  TlsOptions tls;
  // http://, https:// or socks5:// [user:password@]host:port. Empty: none.
  // Not set: what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say.
  std::optional<std::string> proxy;
  // For name look-up, TCP, proxy and TLS together; within the call's timeout.
  absl::Duration connect_timeout = absl::Seconds(30);
};

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_OPTIONS_H_
