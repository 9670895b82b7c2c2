#include "runtime/net/testing/recording_proxy.h"

#include <stdlib.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/net/message.h"
#include "runtime/net/url.h"

namespace ovenbird::net::testing {

RecordingProxy::RecordingProxy(int status)
    : server_(EachRequest([this, status](const Request& request) {
        MutexLock lock(&mutex_);
        seen_.push_back(absl::StrCat(request.method, " ", request.target));
        return Response{request.method == "CONNECT" ? 503 : status, {}, ""};
      })) {
  const std::string url = absl::StrCat("http://", server_.url().HostPort());
  for (const char* name : {"http_proxy", "https_proxy"}) {
    setenv(name, url.c_str(), 1);
  }
  unsetenv("no_proxy");
  unsetenv("NO_PROXY");
}

RecordingProxy::~RecordingProxy() {
  for (const char* name : {"http_proxy", "https_proxy"}) unsetenv(name);
}

std::vector<std::string> RecordingProxy::Take() {
  MutexLock lock(&mutex_);
  return std::exchange(seen_, {});
}

}  // namespace ovenbird::net::testing
