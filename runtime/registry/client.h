// A client of one container registry: the OCI distribution API, as far as a
// build needs it.
#ifndef OVENBIRD_RUNTIME_REGISTRY_CLIENT_H_
#define OVENBIRD_RUNTIME_REGISTRY_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/net/http.h"
#include "runtime/registry/auth.h"
#include "runtime/registry/credentials.h"

namespace ovenbird::registry {

// How to reach one registry, and as which user.
struct ClientOptions {
  std::optional<Credentials> credentials;
  // kaniko's --insecure and --skip-tls-verify: any certificate is accepted, and
  // plain HTTP where the registry has no TLS. Without this option plain HTTP is
  // for loopback only.
  bool insecure = false;
  // Also allows plain HTTP, without credentials, to *.local and private
  // addresses. Only for questions about what a builder pulls or pushes there in
  // the same way (kaniko does, and Docker if its daemon is told so), and for
  // content that has a digest: anyone in that network can answer.
  bool plain_http_in_private_networks = false;
  // The only trusted CA certificates of this registry. Empty: those that docker
  // trusts (/etc/docker/certs.d/DOMAIN/ca.crt), or the system's trust store.
  std::string ca_pem;
  absl::Duration connect_timeout = absl::Seconds(10);
  // For one request; for a download and a piece of an upload, the longest time
  // in which nothing moves.
  absl::Duration timeout = absl::Seconds(60);
  // A download whose average is below kSlowestDownload after this time is given
  // up: a few bytes now and then would keep it going forever.
  absl::Duration slow_after = absl::Minutes(1);
  Cancellation* cancel = nullptr;
};

// The OCI distribution specification asks registries to accept manifests of at
// least this size; in practice none accepts larger ones.
inline constexpr uint64_t kMaxManifest = 4 << 20;
// In bytes: as much of an upload is kept in memory.
inline constexpr size_t kUploadPiece = 8 << 20;
// In bytes per second.
inline constexpr uint64_t kSlowestDownload = 1 << 10;

// A manifest or an index, as the registry has it.
struct Manifest {
  std::string digest;  // "sha256:...", also when asked for by sha512
  std::string media_type;
  std::string bytes;  // empty for a look-up
};

// A blob, as a manifest names it.
struct Blob {
  std::string digest;  // "sha256:..."
  uint64_t size = 0;   // bytes
};

// A connection to one registry. Not thread-safe. Errors: kUnavailable and
// kDeadlineExceeded (unreachable), kFailedPrecondition (TLS), kUnauthenticated,
// kPermissionDenied, kNotFound, kResourceExhausted (rate limit), kOutOfRange (a
// manifest of more than kMaxManifest bytes, a token of more than 1 MiB),
// kDataLoss (content with a different digest) and kInvalidArgument (a digest
// that cannot be checked). Each says what was requested, what the registry
// answered and the next step.
class Client {
 public:
  // `domain` as in Reference. Does not connect yet.
  Client(std::string domain, ClientOptions options);
  ~Client();

  // Connects unless it is connected already: any HTTP answer is a success. Uses
  // plain HTTP only where ClientOptions::insecure describes it, and never after
  // a certificate error.
  absl::Status Connect();

  // Returns the digest and the type of the manifest that the tag or digest has
  // now; `bytes` stays empty. Downloads the manifest if the registry does not
  // tell its digest.
  absl::StatusOr<Manifest> Head(const std::string& path,
                                const std::string& tag_or_digest);
  // Returns the manifest with its bytes, which are checked if a digest is
  // given. `path` is Reference::path.
  absl::StatusOr<Manifest> Get(const std::string& path,
                               const std::string& tag_or_digest);

  // Puts a manifest or an index into the repository under a tag, which moves if
  // it exists, or under its own digest. Returns its digest.
  // kFailedPrecondition: the registry rejects it, e.g. because it names content
  // that is missing.
  absl::StatusOr<std::string> Put(const std::string& path,
                                  const std::string& tag_or_digest,
                                  const std::string& media_type,
                                  const std::string& bytes);

  // Returns all tags of the repository; none if it does not exist.
  absl::StatusOr<std::vector<std::string>> ListTags(const std::string& path);
  // Deletes the manifest or index with all tags that name it. OK if it does not
  // exist. kUnimplemented: the registry does not delete.
  absl::Status DeleteManifest(const std::string& path,
                              const std::string& digest);

  // Returns OK if the credentials allow a push to the repository. Starts an
  // upload and cancels it, so that nothing is left in the registry.
  absl::Status CheckPush(const std::string& path);

  // Returns whether the repository has the blob.
  absl::StatusOr<bool> HasBlob(const std::string& path,
                               const std::string& digest);
  // Makes a blob of the repository `from`, in the same registry, a blob of
  // `path`, without sending it. Returns false if the registry does not: the
  // blob has to be uploaded then.
  absl::StatusOr<bool> MountBlob(const std::string& path,
                                 const std::string& digest,
                                 const std::string& from);
  // Uploads the bytes that `read` returns until its end, in pieces of
  // kUploadPiece; a piece whose connection breaks goes on where it was, up to
  // three times. Returns what was stored. An upload that fails or is stopped is
  // cancelled in the registry, if that answers within a second. Stops at an
  // error of `read` and returns it. kFailedPrecondition: the registry wants the
  // upload at another server.
  absl::StatusOr<Blob> UploadBlob(const std::string& path,
                                  const net::BodySource& read);

  // Passes the blob to `on_data` piece by piece. Returns kDataLoss at the end
  // if the content does not match the digest (sha256 or sha512), and
  // kDeadlineExceeded if it is too slow. Stops at an error of `on_data` and
  // returns it.
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
    std::string body;
  };
  absl::StatusOr<net::Response> TryScheme(const std::string& scheme);
  // Sends a request to a server and returns its answer, whatever its status.
  using Exchange = std::function<absl::StatusOr<net::Response>(
      net::Client& server, const net::Request& request)>;
  struct Answer {
    net::Response response;
    std::string origin;  // of the server that gave it
  };
  // Sends the request a second time if a busy server says when (Retry-After),
  // and that is within the timeout of a request.
  absl::StatusOr<net::Response> Patiently(net::Client& server,
                                          const net::Request& request,
                                          const Exchange& exchange);
  // Follows the redirects of GET and HEAD. Sends the Authorization header to
  // the origin of `url` only.
  absl::StatusOr<Answer> Follow(absl::string_view what, net::Url url,
                                const net::Request& request,
                                const Exchange& exchange);
  absl::StatusOr<net::Response> Send(const Call& call);
  // Starts an upload to `path`, which may be one that ends immediately (a
  // mount); `query` is "" or starts with "?".
  absl::StatusOr<net::Response> StartUpload(const std::string& path,
                                            const std::string& query);
  class Upload;
  absl::StatusOr<net::Response> Send(const Call& call,
                                     const Exchange& exchange);
  absl::StatusOr<net::Response> SendWhole(net::Client& server,
                                          const net::Request& request);
  absl::StatusOr<net::Client*> ClientFor(const net::Url& url);
  absl::StatusOr<net::Response> SendToUrl(const std::string& url,
                                          net::Request request);
  bool IsTooSlow(uint64_t size, absl::Duration time) const;
  absl::Status Explain(const absl::Status& status) const;
  net::TlsOptions TlsFor(const net::Url& url) const;
  Call ManifestCall(const std::string& method, const std::string& path,
                    const std::string& tag_or_digest) const;

  const std::string domain_;
  ClientOptions options_;
  net::Url base_;  // empty scheme: not connected yet
  Authorizer authorizer_;
  std::map<std::string, std::unique_ptr<net::Client>> clients_;  // by origin
};

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_CLIENT_H_
