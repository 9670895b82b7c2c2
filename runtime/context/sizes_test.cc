#include "runtime/context/sizes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::context {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Shown(const std::vector<PathSize>& sizes) {
  std::vector<std::string> lines;
  for (const PathSize& size : sizes) {
    lines.push_back(absl::StrCat(size.path, " ", size.bytes, " ", size.files));
  }
  return lines;
}

TEST(SizesTest, LargestFirstFoldersSummed) {
  Listing listing("/");
  const auto add = [&](uint32_t parent, EntryType type, uint64_t size,
                       const char* name) {
    Entry entry;
    entry.parent = parent;
    entry.type = type;
    entry.size = size;
    return listing.Add(entry, name,
                       type == EntryType::kSymlink ? "target" : "");
  };
  const uint32_t top = Entry::kTop;
  add(top, EntryType::kFile, 1000, "Dockerfile");
  const uint32_t a = add(top, EntryType::kFolder, 0, "a");
  add(a, EntryType::kFile, 10, "small");
  const uint32_t b = add(a, EntryType::kFolder, 0, "b");
  add(b, EntryType::kFile, 20, "x");
  add(b, EntryType::kFile, 20, "y");
  add(a, EntryType::kSymlink, 6, "link");
  add(top, EntryType::kFolder, 0, "empty");
  add(top, EntryType::kFile, 70, "large");
  const std::vector<MemoryFile> files = {{"Dockerfile", "FROM a\n"},
                                         {"tools/helper", "1234"}};
  EXPECT_THAT(Shown(SumSizes(listing, files, false)),
              ElementsAre("large 70 1", "a/ 50 4", "Dockerfile 7 1",
                          "tools/helper 4 1", "empty/ 0 0"));
  EXPECT_THAT(Shown(SumSizes(listing, files, true)),
              ElementsAre("large 70 1", "a/ 50 4", "a/b/ 40 2", "a/b/x 20 1",
                          "a/b/y 20 1", "a/small 10 1", "a/link 0 1",
                          "Dockerfile 7 1", "tools/helper 4 1", "empty/ 0 0"));
}

TEST(SizesTest, AdditionsOfAllKinds) {
  Listing listing("/");
  Entry entry;
  entry.type = EntryType::kFile;
  entry.size = 100;
  listing.Add(entry, "a");
  entry.type = EntryType::kFolder;
  entry.size = 0;
  listing.Add(entry, "d");
  MemoryFile folder, door, file, twin, script;
  folder.path = "own";
  folder.folder = true;
  door.path = "own/door";
  door.folder = true;
  door.link_target = "..";
  file.path = "own/a";
  file.copy_of = "a";
  twin.path = "own/d";
  twin.copy_of = "d";
  script.path = "own/script";
  script.content = "12";
  EXPECT_THAT(
      Shown(SumSizes(listing, {folder, door, file, twin, script}, false)),
      ElementsAre("a 100 1", "own/a 100 1", "own/script 2 1", "d/ 0 0",
                  "own/ 0 0", "own/d/ 0 0", "own/door 0 1"));
}

}  // namespace
}  // namespace ovenbird::context
