#include "runtime/build/cluster/inventory.h"

#include <gtest/gtest.h>

namespace ovenbird::build {
namespace {

TEST(InventoryTest, TellsWhatIsLeft) {
  Inventory inventory;
  EXPECT_EQ(inventory.Describe(), "");
  inventory.Add({"dev", "builds", "pods", "ovenbird-a-1"});
  inventory.Add({"dev", "builds", "secrets", "ovenbird-a-1"});
  inventory.Add({"dev", "builds", "pods", "ovenbird-b-2"});
  inventory.Add({"it's prod", "default", "jobs", "ovenbird-c-3"});
  inventory.Add({"", "ns", "pods", "ovenbird-d-4"});
  inventory.Remove({"dev", "builds", "pods", "ovenbird-b-2"});
  EXPECT_EQ(inventory.Describe(),
            "left in namespace ns: pod/ovenbird-d-4\n"
            "  delete with: kubectl --namespace ns delete pod/ovenbird-d-4\n"
            "left in namespace builds: pod/ovenbird-a-1, secret/ovenbird-a-1\n"
            "  delete with: kubectl --context dev --namespace builds delete "
            "pod/ovenbird-a-1 secret/ovenbird-a-1\n"
            "left in namespace default: job/ovenbird-c-3\n"
            "  delete with: kubectl --context 'it'\\''s prod' --namespace "
            "default delete job/ovenbird-c-3\n");
}

}  // namespace
}  // namespace ovenbird::build
