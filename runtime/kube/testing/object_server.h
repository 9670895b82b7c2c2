// For tests of code that creates objects: an API server that keeps pods,
// secrets and jobs, and streams their changes to watches.
#ifndef OVENBIRD_RUNTIME_KUBE_TESTING_OBJECT_SERVER_H_
#define OVENBIRD_RUNTIME_KUBE_TESTING_OBJECT_SERVER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::kube::testing {

// A request to the server.
struct ObjectCall {
  std::string verb;    // create, get, list, watch, patch, delete, log, exec
  std::string plural;  // "pods"
  std::string name;    // empty for list and watch
  json::Value body;    // of the request; null if it has none
};

// How the server differs from one that allows everything.
struct ObjectServerOptions {
  // Returns a response to a request that the user is not allowed to send, or
  // nullopt. Asked first.
  std::function<std::optional<net::Response>(const net::Request&)> authorize;
  // Returns a response in place of the server's own, or nullopt.
  std::function<std::optional<net::Response>(const ObjectCall&)> answer;
  // Returns whether the connection breaks after the server has carried the call
  // out, in place of its answer.
  std::function<bool(const ObjectCall&)> loses_answer;
  // Called after the server has answered a call that changes objects.
  std::function<void(const ObjectCall&)> after;
  // Answer a pod's log and exec requests; not set: 404.
  std::function<void(net::testing::Conversation&, const net::Request&)> log;
  std::function<void(net::testing::Conversation&, const net::Request&)> exec;
  // A deleted pod stays until it is deleted with a grace period of 0.
  bool pods_stay = false;
};

// Returns the options of a server that answers the calls that `refuses` names
// with 403.
ObjectServerOptions Refusing(std::function<bool(const ObjectCall&)> refuses);

// A running server with one namespace, `ns`. Thread-safe.
class ObjectServer {
 public:
  explicit ObjectServer(ObjectServerOptions options = {});
  ~ObjectServer();

  // Returns the server, for a client.
  const net::testing::Server& server() const { return server_; }
  // Returns "create pods/a" and so on, in order; without lists, watches and
  // logs.
  std::vector<std::string> calls();
  // Returns the last call with this verb for this kind; its body is null if
  // there was none.
  ObjectCall Last(absl::string_view verb, absl::string_view plural);
  // Returns "pods/a" and so on, sorted: what exists.
  std::vector<std::string> objects();
  // Returns the object; null if it does not exist.
  json::Value Find(const std::string& plural, const std::string& name);

  // Creates the object as another user would.
  void Put(const std::string& plural, const std::string& name,
           json::Value object);
  // Sets the pod's status; does nothing if the pod does not exist.
  void SetStatus(const std::string& pod, json::Value status);
  // Deletes the object as another user would.
  void Remove(const std::string& plural, const std::string& name);

 private:
  using Key = std::pair<std::string, std::string>;
  struct Change {
    std::string plural;
    std::string type;  // ADDED, MODIFIED, DELETED
    json::Value object;
  };

  void Talk(net::testing::Conversation& conversation);
  net::Response Answer(const ObjectCall& call);
  net::Response Create(const ObjectCall& call)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Add(const Key& key, json::Value object)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  net::Response Patch(const ObjectCall& call)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  net::Response Delete(const ObjectCall& call)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string List(const ObjectCall& call, const std::string& target);
  void Follow(net::testing::Conversation& conversation, const ObjectCall& call,
              const std::string& target);
  void Store(const Key& key, json::Value object, absl::string_view type)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ObjectServerOptions options_;
  Mutex mutex_;
  CondVar changed_;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<Key, json::Value> objects_ ABSL_GUARDED_BY(mutex_);
  // The resourceVersion of an object is the number of its last change, from 1.
  std::vector<Change> changes_ ABSL_GUARDED_BY(mutex_);
  std::vector<ObjectCall> calls_ ABSL_GUARDED_BY(mutex_);
  net::testing::Server server_;
};

}  // namespace ovenbird::kube::testing

#endif  // OVENBIRD_RUNTIME_KUBE_TESTING_OBJECT_SERVER_H_
