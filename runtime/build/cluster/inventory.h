// What builds have made in clusters and not deleted yet, for one who leaves at
// once.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_INVENTORY_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_INVENTORY_H_

#include <compare>
#include <set>
#include <string>

#include "runtime/base/mutex.h"

namespace ovenbird::build {

struct InventoryItem {
  std::string context;  // of the kubeconfig; empty inside of a pod
  std::string name_space;
  std::string plural;  // "pods"
  std::string name;
  friend auto operator<=>(const InventoryItem&, const InventoryItem&) = default;
};

// Thread-safe.
class Inventory {
 public:
  void Add(const InventoryItem& item);
  void Remove(const InventoryItem& item);
  // For people, several lines, each with its end: what there is, and the
  // commands that delete it. Empty when there is nothing.
  std::string Describe() const;

 private:
  mutable Mutex mutex_;
  std::set<InventoryItem> items_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_INVENTORY_H_
