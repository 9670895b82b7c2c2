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

// Which objects a list or a watch contains.
struct ListOptions {
  std::string label_selector;
  std::string field_selector;
  int most = 0;  // the largest number of items; 0: all
};

// How an object is deleted.
struct DeleteOptions {
  // Delete only the object with this UID: kAborted if another has its name now.
  std::string uid;
  std::optional<int> grace_period_seconds;
  std::string propagation;  // "Background", "Foreground", "Orphan"
};

// Time limits and callbacks of a client.
struct ClientOptions {
  // Longer than the server's own 60 s, so that its answer with the reason
  // arrives.
  absl::Duration request_timeout = absl::Seconds(65);
  // The longest wait for a server that has answered before. A server that has
  // never answered is not waited for.
  absl::Duration retry_for = absl::Minutes(2);
  BackoffOptions backoff;
  // Gets the reason each time a request is sent again.
  std::function<void(const absl::Status&)> on_retry;
  // Lets the user know why nothing happens: gets an error once if a server that
  // has answered before is unreachable or asks to wait, regardless of the
  // number of requests and streams, and OK once one of them is answered again.
  // Called in this order, one at a time; must not use the client.
  std::function<void(const absl::Status&)> on_outage;
};

// Returns whether a request has failed because this process has no descriptors
// left, which says nothing of the server.
bool IsOutOfDescriptors(const absl::Status& status);

// What an API server says of itself.
struct ServerInfo {
  json::Value version;  // the object at /version
  // The server's clock, in whole seconds; nullopt if it does not tell.
  std::optional<absl::Time> time;
};

// The result of a creation that was only tried.
struct DryRun {
  // The object as the server would store it: with defaults, and as admission
  // plugins and webhooks have changed it.
  json::Value object;
  // What the server warns of, e.g. a Pod Security level.
  std::vector<std::string> warnings;
};

// A client of one API server. Thread-safe. Errors: those of net/http.h and of
// api_error.h. Requests are sent again, with growing pauses, if that is safe:
// nothing was sent; the server asked for it (429, Retry-After); or the request
// changes nothing or can be repeated without harm. After a 401 credentials are
// renewed once.
class Client {
 public:
  // Makes a client; sends nothing yet.
  static absl::StatusOr<std::unique_ptr<Client>> New(ClusterAccess access,
                                                     ClientOptions options);
  virtual ~Client() = default;

  // Returns the access that this client was made with.
  virtual const ClusterAccess& access() const = 0;

  // Creates `object` and returns the server's copy. With a metadata.name a lost
  // answer does no harm: if the object exists when the request is repeated, it
  // is returned.
  virtual absl::StatusOr<json::Value> Create(const Resource& resource,
                                             const json::Value& object,
                                             Cancellation* cancel) = 0;
  // Returns the object; kNotFound if it does not exist.
  virtual absl::StatusOr<json::Value> Get(const Resource& resource,
                                          absl::string_view name,
                                          Cancellation* cancel) = 0;
  // Returns the List object.
  virtual absl::StatusOr<json::Value> List(const Resource& resource,
                                           const ListOptions& options,
                                           Cancellation* cancel) = 0;
  // Deletes the object and returns its last state, or a Status. kNotFound if it
  // does not exist, even if a first request, whose answer was lost, has deleted
  // it.
  virtual absl::StatusOr<json::Value> Delete(const Resource& resource,
                                             absl::string_view name,
                                             const DeleteOptions& options,
                                             Cancellation* cancel) = 0;
  // Changes the object by a merge patch (RFC 7386) and returns its new state.
  // `subresource` may be empty.
  virtual absl::StatusOr<json::Value> Patch(const Resource& resource,
                                            absl::string_view name,
                                            absl::string_view subresource,
                                            const json::Value& patch,
                                            Cancellation* cancel) = 0;
  // Returns the JSON at any path below the server's prefix: "/version".
  virtual absl::StatusOr<json::Value> GetPath(absl::string_view path,
                                              Cancellation* cancel) = 0;

  // Returns the version and the clock of the server. Needs no rights.
  virtual absl::StatusOr<ServerInfo> GetServerInfo(Cancellation* cancel) = 0;
  // Lets the server check `object` as for Create, with all admission plugins
  // and webhooks, but not store it. Errors as for Create.
  virtual absl::StatusOr<DryRun> TryCreate(const Resource& resource,
                                           const json::Value& object,
                                           Cancellation* cancel) = 0;

  // Streams the answer of a GET, for watch.h and log.h. One attempt (two after
  // a 401). Calls `on_data` with an empty string first, once the answer begins:
  // a failure before that has not reached the server, a failure afterwards may
  // only be the end of the connection. A busy server (429, Retry-After) gets
  // the time that it asks for, at most a minute, before this returns its error.
  // `doing` is for messages: "watch pods".
  virtual absl::Status Stream(absl::string_view path, const Query& query,
                              absl::string_view doing,
                              std::function<bool(absl::string_view)> on_data,
                              absl::Duration idle, Cancellation* cancel) = 0;
  // Opens a WebSocket, for exec.h. One attempt (two after a 401), and others
  // when a busy server asks for that.
  virtual absl::StatusOr<std::unique_ptr<net::WebSocket>> OpenWebSocket(
      absl::string_view path, const Query& query, absl::string_view doing,
      net::WebSocketRequest request, Cancellation* cancel) = 0;
};

// Returns whether nothing of the failed call has reached the server (no
// connection, no credentials), so that it has had no effect.
bool HasNotReachedServer(const absl::Status& status);

// Returns whether an attempt of the failed Create() may have created the
// object, because its answer was lost, whatever the server said to later
// attempts.
bool HasLostAnAnswer(const absl::Status& status);

// Returns "/api/v1/namespaces/ns/pods/name/log", the parts escaped; `name` and
// `subresource` may be empty.
std::string ResourcePath(const Resource& resource, absl::string_view name = "",
                         absl::string_view subresource = "");

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_CLIENT_H_
