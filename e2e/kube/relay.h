// A bad network between a client and a server: passes bytes on and cuts each
// connection after some.
#ifndef OVENBIRD_E2E_KUBE_RELAY_H_
#define OVENBIRD_E2E_KUBE_RELAY_H_

#include <cstddef>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/mutex.h"

namespace ovenbird::e2e {

class Relay {
 public:
  // To `host`:`port`; connection i is cut after cuts[i] bytes from the server,
  // those that follow are left alone.
  Relay(std::string host, int port, std::vector<size_t> cuts);
  ~Relay();
  int port() const { return port_; }
  int connections();

 private:
  void Accept();
  void Serve(int client, size_t limit);

  const std::string host_;
  const int server_port_;
  const std::vector<size_t> cuts_;
  int listener_ = -1;
  int port_ = 0;
  Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<int> open_ ABSL_GUARDED_BY(mutex_);
  std::list<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace ovenbird::e2e

#endif  // OVENBIRD_E2E_KUBE_RELAY_H_
