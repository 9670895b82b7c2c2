#include "runtime/context/listing.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::context {
namespace {

using ::testing::ElementsAre;

Entry Make(EntryType type, uint32_t parent = Entry::kTop) {
  Entry entry;
  entry.type = type;
  entry.parent = parent;
  return entry;
}

// a, d/, d/e/, d/e/f, d/l -> a, z
Listing Example() {
  Listing listing("root");
  listing.Add(Make(EntryType::kFile), "a");
  const uint32_t d = listing.Add(Make(EntryType::kFolder), "d");
  const uint32_t e = listing.Add(Make(EntryType::kFolder, d), "e");
  listing.Add(Make(EntryType::kFile, e), "f");
  listing.Add(Make(EntryType::kSymlink, d), "l", "../a");
  listing.Add(Make(EntryType::kFile), "z");
  return listing;
}

std::vector<std::string> Paths(const Listing& listing) {
  std::vector<std::string> paths;
  for (size_t i = 0; i < listing.size(); ++i) paths.push_back(listing.Path(i));
  return paths;
}

TEST(ListingTest, Paths) {
  const Listing listing = Example();
  EXPECT_THAT(Paths(listing),
              ElementsAre("a", "d", "d/e", "d/e/f", "d/l", "z"));
  EXPECT_EQ(listing.LinkTarget(4), "../a");
  EXPECT_EQ(listing[4].size, 4);
  EXPECT_EQ(listing.LinkTarget(3), "");
}

TEST(ListingTest, CursorGivesTheSamePathsInAnyOrder) {
  const Listing listing = Example();
  PathCursor cursor(listing);
  for (size_t i : {0, 1, 2, 3, 4, 5, 3, 0, 2, 4, 3, 1}) {
    EXPECT_EQ(cursor.At(i), listing.Path(i));
  }
}

TEST(ListingTest, TruncateForgets) {
  Listing listing = Example();
  listing.Truncate(3);
  EXPECT_THAT(Paths(listing), ElementsAre("a", "d", "d/e"));
  listing.Add(Make(EntryType::kFile, 1), "g");
  EXPECT_THAT(Paths(listing), ElementsAre("a", "d", "d/e", "d/g"));
}

TEST(ListingTest, SelectKeepsFolders) {
  const Listing listing = Example();
  EXPECT_THAT(Paths(listing.Select({false, false, false, true, false, true})),
              ElementsAre("d", "d/e", "d/e/f", "z"));
  const Listing link =
      listing.Select({false, false, false, false, true, false});
  EXPECT_THAT(Paths(link), ElementsAre("d", "d/l"));
  EXPECT_EQ(link.LinkTarget(1), "../a");
  EXPECT_EQ(listing.Select(std::vector<bool>(6)).size(), 0);
}

}  // namespace
}  // namespace ovenbird::context
