// A client of one container registry: the OCI distribution API, as far as a
// build needs it.
#ifndef OVENBIRD_RUNTIME_REGISTRY_CLIENT_H_
#define OVENBIRD_RUNTIME_REGISTRY_CLIENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/net/http.h"
#include "runtime/registry/auth.h"
#include "runtime/registry/credentials.h"

namespace ovenbird::registry {

struct ClientOptions {
  std::optional<Credentials> credentials;
  // kaniko's --insecure and --skip-tls-verify: any certificate will do, and
  // plain HTTP where there is no TLS. Loopback, *.local and private addresses
  // may speak plain HTTP without it, as docker and kaniko have it.
  bool insecure = false;
  // Trusted for this registry alone. Empty: what docker trusts
  // (/etc/docker/certs.d/DOMAIN/ca.crt), else the system's certificates.
  std::string ca_pem;
  absl::Duration connect_timeout = absl::Seconds(10);
  // Of one request; of a download: how long nothing may come.
  absl::Duration timeout = absl::Seconds(60);
  Cancellation* cancel = nullptr;
};

// What the OCI distribution specification wants registries to take for a
// manifest at least, and in practice the most that they do.
inline constexpr uint64_t kMaxManifest = 4 << 20;

struct Manifest {
  std::string digest;  // "sha256:...", also when asked for by sha512
  std::string media_type;
  std::string bytes;  // empty for a look-up
};

// Not thread-safe. Errors: kUnavailable and kDeadlineExceeded (not reached),
// kFailedPrecondition (TLS), kUnauthenticated, kPermissionDenied, kNotFound,
// kResourceExhausted, kOutOfRange (a manifest of more than kMaxManifest bytes,
// a token of more than 1 MiB), kDataLoss (content with another digest) and
// kInvalidArgument (a digest that cannot be checked); each says what was asked,
// what the registry answered and the next step.
class Client {
 public:
  // `domain` as in Reference. Talks to nobody yet.
  Client(std::string domain, ClientOptions options);
  ~Client();

  // Connects, unless that is done: any answer will do.
  absl::Status Connect();

  // What the tag or digest is at the moment. `bytes` stays empty.
  absl::StatusOr<Manifest> Head(const std::string& path,
                                const std::string& tag_or_digest);
  // With its bytes, which have been checked against a digest.
  absl::StatusOr<Manifest> Get(const std::string& path,
                               const std::string& tag_or_digest);

  // May these credentials push to the repository? Starts an upload and cancels
  // it: nothing is left in the registry.
  absl::Status CheckPush(const std::string& path);

  // Hands the blob to `on_data` piece by piece; kDataLoss when in the end it is
  // not what the digest (sha256 or sha512) says. A status of `on_data` ends it
  // and is returned.
  absl::Status ReadBlob(
      const std::string& path, const std::string& digest,
      const std::function<absl::Status(absl::string_view)>& on_data);

 private:
  struct Call {
    std::string what;  // for messages: "pull of r.io/app:1"
    std::string method;
    std::string target;
    std::string scope;
    net::Headers headers;
  };
  absl::StatusOr<net::Response> TryScheme(const std::string& scheme);
  // Sends a request to a server and returns its answer, whatever its status.
  using Exchange = std::function<absl::StatusOr<net::Response>(
      net::Client& server, const net::Request& request)>;
  struct Answer {
    net::Response response;
    std::string origin;  // of the server that gave it
  };
  // Once more where a busy server says when, if that is within a request's
  // timeout.
  absl::StatusOr<net::Response> Patiently(net::Client& server,
                                          const net::Request& request,
                                          const Exchange& exchange);
  // Follows the redirects of GET and HEAD. The Authorization header is for the
  // origin of `url` alone.
  absl::StatusOr<Answer> Follow(absl::string_view what, net::Url url,
                                const net::Request& request,
                                const Exchange& exchange);
  absl::StatusOr<net::Response> Send(const Call& call);
  absl::StatusOr<net::Response> Send(const Call& call,
                                     const Exchange& exchange);
  absl::StatusOr<net::Response> SendWhole(net::Client& server,
                                          const net::Request& request);
  absl::StatusOr<net::Client*> ClientFor(const net::Url& url);
  absl::StatusOr<net::Response> SendToUrl(const std::string& url,
                                          net::Request request);
  absl::Status Explain(const absl::Status& status) const;
  net::TlsOptions TlsFor(const net::Url& url) const;
  Call ManifestCall(const std::string& method, const std::string& path,
                    const std::string& tag_or_digest) const;

  const std::string domain_;
  const ClientOptions options_;
  net::Url base_;  // empty scheme: not connected yet
  Authorizer authorizer_;
  std::map<std::string, std::unique_ptr<net::Client>> clients_;  // by origin
};

// May this registry speak plain HTTP without being called insecure?
bool MaySpeakPlainHttp(absl::string_view domain);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_CLIENT_H_
