#include "runtime/context/door.h"

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ovenbird::context {
namespace {

TEST(DoorTest, EachFolderHasItsOwn) {
  std::set<std::string> doors;
  for (const char* folder :
       {"", "a", "a/b", "b", ".ovenbird", ".ovenbirds/a"}) {
    EXPECT_TRUE(doors.insert(DoorOf(folder)).second) << folder;
    EXPECT_TRUE(absl::StartsWith(DoorOf(folder), ".ovenbird/door-")) << folder;
    EXPECT_EQ(DoorOf(folder), DoorOf(folder));
  }
}

TEST(DoorTest, OwnFoldersShareOne) {
  EXPECT_EQ(DoorOf(".ovenbird/1"), ".ovenbird/door");
  EXPECT_EQ(DoorOf(".ovenbird/2/a"), ".ovenbird/door");
}

TEST(DoorTest, LeadsToTheContext) {
  EXPECT_EQ(ThroughDoorOf("a"), absl::StrCat(DoorOf("a"), "/context"));
}

}  // namespace
}  // namespace ovenbird::context
