// For tests of the whole program: a project of several images, the API server
// and the registry that it is built with, in the test's own process.
#ifndef OVENBIRD_TOOLS_LIMITS_SMALL_CLUSTER_H_
#define OVENBIRD_TOOLS_LIMITS_SMALL_CLUSTER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/kube/testing/object_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::testing {

// A cluster whose kubelet runs each build pod to its end, and a registry that
// has the image that each of them has pushed.
class SmallCluster {
 public:
  // Writes the project, with this number of images, and starts the servers.
  explicit SmallCluster(int images);

  // Returns the folder of the project.
  const std::string& folder() const { return folder_; }
  // Returns the environment in which the tool finds all of this and nothing
  // else. Its caches and records are new with each call.
  std::vector<std::pair<std::string, std::string>> Environment();
  // Returns "pods/a" and so on: what exists in the cluster.
  std::vector<std::string> objects() { return cluster_.objects(); }
  // Deletes what is in the cluster.
  void DeleteAll();

 private:
  kube::testing::ObjectServerOptions Kubelet();
  void Become(const std::string& pod, const char* status);

  const std::string folder_;
  int runs_ = 0;
  net::testing::Server registry_;
  kube::testing::ObjectServer cluster_;
};

}  // namespace ovenbird::testing

#endif  // OVENBIRD_TOOLS_LIMITS_SMALL_CLUSTER_H_
