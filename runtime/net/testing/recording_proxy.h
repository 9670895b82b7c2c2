// For tests of requests to servers that do not exist: a proxy that answers in
// their place.
#ifndef OVENBIRD_RUNTIME_NET_TESTING_RECORDING_PROXY_H_
#define OVENBIRD_RUNTIME_NET_TESTING_RECORDING_PROXY_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "runtime/base/mutex.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::net::testing {

// The proxy of this process, by the environment's variables, as long as it
// lives. Opens no tunnels, so that no HTTPS request succeeds. Thread-safe.
class RecordingProxy {
 public:
  // Answers each plain HTTP request with this status and an empty body.
  explicit RecordingProxy(int status);
  ~RecordingProxy();
  RecordingProxy(const RecordingProxy&) = delete;
  RecordingProxy& operator=(const RecordingProxy&) = delete;

  // Returns "GET http://host/path" and "CONNECT host:443" for each request
  // since the last call.
  std::vector<std::string> Take();

 private:
  Mutex mutex_;
  std::vector<std::string> seen_ ABSL_GUARDED_BY(mutex_);
  Server server_;
};

}  // namespace ovenbird::net::testing

#endif  // OVENBIRD_RUNTIME_NET_TESTING_RECORDING_PROXY_H_
