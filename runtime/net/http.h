// HTTP/1.1 over TCP, TLS and Unix sockets. With websocket.h the only door to
// Boost.Beast, Boost.Asio and OpenSSL.
//
// Blocking calls with a deadline; `Cancel` from another thread ends them with
// kCancelled. Errors are absl::Status: kUnavailable (connect, DNS, reset),
// kUnauthenticated is never used for HTTP codes: a response with any HTTP
// status is a success here. TLS failures are kFailedPrecondition and say why.
#ifndef OVENBIRD_RUNTIME_NET_HTTP_H_
#define OVENBIRD_RUNTIME_NET_HTTP_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird::net {

// How to trust and to introduce oneself. PEM texts, not file names.
struct TlsOptions {
  std::string ca_pem;           // empty: the system's certificates
  std::string client_cert_pem;  // empty: none
  std::string client_key_pem;
  bool insecure_skip_verify = false;
  std::string server_name;  // empty: the URL's host
};

struct Url {
  std::string scheme;  // "http", "https" or "unix"
  std::string host;
  int port = 0;
  std::string target;       // path and query, starts with /
  std::string socket_path;  // unix only
};
absl::StatusOr<Url> ParseUrl(absl::string_view url);

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  std::string target = "/";
  Headers headers;
  std::string body;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
  // First header of that name, case-insensitive; empty when there is none.
  absl::string_view Header(absl::string_view name) const;
};

// Shared by the calls that one signal must end. Thread-safe.
class Cancellation {
 public:
  Cancellation();
  ~Cancellation();
  void Cancel();
  bool cancelled() const;
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// A client of one origin (scheme, host, port). Keeps connections alive and
// uses a free one or opens another: thread-safe.
class Client {
 public:
  virtual ~Client() = default;
  virtual absl::StatusOr<Response> Send(const Request& request, absl::Duration timeout,
                                        Cancellation* cancel = nullptr) = 0;
  // Hands each piece of the body to `on_data` as it comes; it returns false to
  // stop. `idle`: how long nothing may come. The response's body is empty for a
  // 2xx status, else the whole error body.
  virtual absl::StatusOr<Response> Stream(const Request& request,
                                          std::function<bool(absl::string_view)> on_data,
                                          absl::Duration idle,
                                          Cancellation* cancel = nullptr) = 0;
};

// `base` gives scheme, host and port; its target is not used. No proxy is used
// unless HTTPS_PROXY / HTTP_PROXY / NO_PROXY say so.
absl::StatusOr<std::unique_ptr<Client>> NewClient(const Url& base, const TlsOptions& tls);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_HTTP_H_
