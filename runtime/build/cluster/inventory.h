// The objects that builds created in clusters and have not deleted yet, so that
// a second Ctrl-C can list them.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_INVENTORY_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_INVENTORY_H_

#include <compare>
#include <set>
#include <string>

#include "runtime/base/mutex.h"

namespace ovenbird::build {

// An object of the cluster.
struct InventoryItem {
  std::string context;  // of the kubeconfig; empty inside of a pod
  std::string name_space;
  std::string plural;  // "pods"
  std::string name;
  friend auto operator<=>(const InventoryItem&, const InventoryItem&) = default;
};

// The objects that exist now. Thread-safe.
class Inventory {
 public:
  // Adds an object that is about to be created.
  void Add(const InventoryItem& item);
  // Removes an object that was deleted.
  void Remove(const InventoryItem& item);
  // Returns the objects and the commands that delete them, for the user:
  // several lines, each with its line feed. Empty if there are none.
  std::string Describe() const;

 private:
  mutable Mutex mutex_;
  std::set<InventoryItem> items_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_INVENTORY_H_
