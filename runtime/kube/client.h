// A client of one API server. Objects are JSON; runtime/kube/objects has their
// types.
#ifndef OVENBIRD_RUNTIME_KUBE_CLIENT_H_
#define OVENBIRD_RUNTIME_KUBE_CLIENT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/kube/access.h"
#include "runtime/kube/backoff.h"
#include "runtime/net/message.h"
#include "runtime/net/websocket.h"

namespace ovenbird::kube {

// A kind of objects in a namespace (or in none), as in the API's paths.
struct Resource {
  std::string api_version = "v1";  // "batch/v1"
  std::string plural;              // "pods"
  std::string name_space;          // empty: not in a namespace, or in all
};

// Returns the resource of the objects that a build makes: pods, secrets, jobs.
Resource ResourceOf(absl::string_view plural, absl::string_view name_space);

using Query = std::vector<std::pair<std::string, std::string>>;

struct ListOptions {
  std::string label_selector;
  std::string field_selector;
  int most = 0;  // so many items at most; 0: all
};

struct DeleteOptions {
  // Only the object with this UID: kAborted when another has its name now.
  std::string uid;
  std::optional<int> grace_period_seconds;
  std::string propagation;  // "Background", "Foreground", "Orphan"
};

struct ClientOptions {
  // Longer than the server's own 60 s, whose answer then says what it waits
  // for.
  absl::Duration request_timeout = absl::Seconds(65);
  // How long a server that has answered before may be away. One that has never
  // answered is not waited for.
  absl::Duration retry_for = absl::Minutes(2);
  BackoffOptions backoff;
  // Told why a request is sent again.
  std::function<void(const absl::Status&)> on_retry;
  // So that nobody waits in silence: told once when a server that has answered
  // before can't be reached or asks to wait, whatever the number of requests
  // and streams that meet it, and an OK when one of them is answered again. In
  // this order, one at a time; must not use the client.
  std::function<void(const absl::Status&)> on_outage;
};

// Thread-safe. Errors: those of net/http.h and of api_error.h. Requests are
// sent again, with growing pauses, when that is safe: nothing was sent; the
// server asked for it (429, Retry-After); or the request changes nothing or can
// be repeated without harm. After a 401 credentials are renewed once.
class Client {
 public:
  static absl::StatusOr<std::unique_ptr<Client>> New(ClusterAccess access,
                                                     ClientOptions options);
  virtual ~Client() = default;

  virtual const ClusterAccess& access() const = 0;

  // Creates `object`. With a metadata.name a lost answer is no loss: if the
  // object is there when the request is repeated, that is the answer.
  virtual absl::StatusOr<json::Value> Create(const Resource& resource,
                                             const json::Value& object,
                                             Cancellation* cancel) = 0;
  virtual absl::StatusOr<json::Value> Get(const Resource& resource,
                                          absl::string_view name,
                                          Cancellation* cancel) = 0;
  // The List object.
  virtual absl::StatusOr<json::Value> List(const Resource& resource,
                                           const ListOptions& options,
                                           Cancellation* cancel) = 0;
  // The object in its last state, or a Status. kNotFound when it is not there,
  // also when a first request that was lost has deleted it.
  virtual absl::StatusOr<json::Value> Delete(const Resource& resource,
                                             absl::string_view name,
                                             const DeleteOptions& options,
                                             Cancellation* cancel) = 0;
  // A merge patch (RFC 7386). `subresource` may be empty.
  virtual absl::StatusOr<json::Value> Patch(const Resource& resource,
                                            absl::string_view name,
                                            absl::string_view subresource,
                                            const json::Value& patch,
                                            Cancellation* cancel) = 0;
  // GET of any path below the server's prefix: "/version".
  virtual absl::StatusOr<json::Value> GetPath(absl::string_view path,
                                              Cancellation* cancel) = 0;

  // For watch.h, log.h and exec.h. One attempt (two after a 401). A stream
  // calls `on_data` with nothing first, once its answer begins: what fails
  // before that has not reached the server, what breaks afterwards may be no
  // more than a connection's end. `doing`: for messages, "watch pods".
  virtual absl::Status Stream(absl::string_view path, const Query& query,
                              absl::string_view doing,
                              std::function<bool(absl::string_view)> on_data,
                              absl::Duration idle, Cancellation* cancel) = 0;
  virtual absl::StatusOr<std::unique_ptr<net::WebSocket>> OpenWebSocket(
      absl::string_view path, const Query& query, absl::string_view doing,
      net::WebSocketRequest request, Cancellation* cancel) = 0;
};

// True for the error of a call of which nothing has reached the server: no
// connection, no credentials. What it asked for can't have been done.
bool HasNotReachedServer(const absl::Status& status);

// "/api/v1/namespaces/ns/pods/name/log", the parts escaped; `name` and
// `subresource` may be empty.
std::string ResourcePath(const Resource& resource, absl::string_view name = "",
                         absl::string_view subresource = "");

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_CLIENT_H_
