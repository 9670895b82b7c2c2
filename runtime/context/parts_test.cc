#include "runtime/context/parts.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/delta.h"
#include "runtime/context/fingerprint.h"
#include "runtime/context/walk.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::testing::SizeIs;

constexpr uint64_t kSize = 100 << 10;

// `count` files of `size` bytes each, without those that `skip` names.
FileRecords Files(int count, uint64_t size, const std::set<int>& skip = {}) {
  std::vector<std::string> paths;
  for (int i = 0; i < count; ++i) {
    if (skip.count(i) == 0) paths.push_back(absl::StrCat("f", 100000 + i));
  }
  FileRecords records;
  FileRecord record;
  record.size = size;
  for (const std::string& path : paths) records.Add(path, record);
  return records;
}

std::vector<std::string> PathsOf(const FileRecords& records) {
  std::vector<std::string> paths;
  for (FileRecords::Reader reader(records); !reader.done(); reader.Next()) {
    paths.push_back(reader.path());
  }
  return paths;
}

TEST(CutIntoPartsTest, AllRecordsInOrder) {
  const FileRecords all = Files(2000, 1000);
  std::vector<std::string> found;
  const std::vector<Part> parts = CutIntoParts(all, {}, kSize);
  EXPECT_GT(parts.size(), 2000 * 1512 / kSize);
  for (size_t i = 0; i < parts.size(); ++i) {
    const uint64_t size = parts[i].records.size() * 1512;
    EXPECT_LE(size, kSize + 1512);
    EXPECT_TRUE(size >= kSize / 2 || i + 1 == parts.size()) << size;
    for (std::string& path : PathsOf(parts[i].records)) found.push_back(path);
  }
  EXPECT_EQ(found, PathsOf(all));
}

TEST(CutIntoPartsTest, AFileMoreOrLessChangesFewParts) {
  std::set<std::vector<std::string>> before;
  for (const Part& part : CutIntoParts(Files(20000, 1000), {}, kSize)) {
    before.insert(PathsOf(part.records));
  }
  int changed = 0;
  for (const Part& part : CutIntoParts(Files(20000, 1000, {7000}), {}, kSize)) {
    changed += before.count(PathsOf(part.records)) == 0 ? 1 : 0;
  }
  EXPECT_GE(changed, 1);
  EXPECT_LE(changed, 10);  // of some 400
}

TEST(CutIntoPartsTest, NothingIsOnePart) {
  const std::vector<Part> parts = CutIntoParts(FileRecords(), {}, kSize);
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_EQ(parts[0].records.size(), 0);
}

TEST(PartSizeForTest, PartsAreFew) {
  EXPECT_EQ(PartSizeFor(350 << 20, 50000), kPartSize);
  EXPECT_EQ(PartSizeFor(20 << 20, 100), kPartSize);
  for (const uint64_t size : {uint64_t{1} << 20, uint64_t{1} << 30,
                              uint64_t{5} << 30, uint64_t{1} << 40}) {
    EXPECT_LE(size / (PartSizeFor(size, 1) / 2), kMostParts);
  }
  EXPECT_GT(PartSizeFor(0, 10000000), kPartSize);
}

class PartsTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& content) {
    const std::filesystem::path full = absl::StrCat(folder_, "/", path);
    std::filesystem::create_directories(full.parent_path());
    ASSERT_THAT(WriteFile(full, content), IsOk());
  }
  // The parts of the folder, one for about four files.
  std::vector<Part> Parts(const std::vector<MemoryFile>& files = {}) {
    const absl::StatusOr<WalkResult> walk = Walk(folder_);
    EXPECT_THAT(walk, IsOk());
    const auto found = ComputeFingerprint(walk->listing, files, {});
    EXPECT_THAT(found, IsOk());
    const FileRecords all =
        UnpackedRecords(walk->listing, files, found->records);
    std::vector<Part> parts = CutIntoParts(all, files, 4000);
    layers_.clear();
    for (const Part& part : parts) {
      absl::StatusOr<Delta> layer = LayerOf(walk->listing, files, part);
      EXPECT_THAT(layer, IsOk());
      layers_.push_back(*std::move(layer));
    }
    return parts;
  }
  static std::vector<std::string> Keys(const std::vector<Part>& parts) {
    std::vector<std::string> keys;
    for (const Part& part : parts) keys.push_back(part.key);
    return keys;
  }
  void SetUp() override {
    for (int i = 10; i < 40; ++i) {
      Write(absl::StrCat("d/f", i), std::string(500, 'x'));
    }
  }

  const std::string folder_ = NewFolder();
  std::vector<Delta> layers_;  // of Parts()
};

TEST_F(PartsTest, HasTheFoldersAboveIt) {
  const std::vector<Part> parts = Parts();
  ASSERT_GT(parts.size(), 4);
  for (const Delta& layer : layers_) EXPECT_EQ(layer.listing.Path(0), "d");
  EXPECT_EQ(Keys(Parts()), Keys(parts));
}

TEST_F(PartsTest, AChangedFileChangesOneKey) {
  const std::vector<std::string> before = Keys(Parts());
  ASSERT_THAT(WriteFile(folder_ + "/d/f25", std::string(500, 'y')), IsOk());
  const std::vector<std::string> after = Keys(Parts());
  ASSERT_EQ(after.size(), before.size());
  int changed = 0;
  for (size_t i = 0; i < after.size(); ++i) changed += after[i] != before[i];
  EXPECT_EQ(changed, 1);
}

TEST_F(PartsTest, AFolderIsInAllKeysOfWhatIsInIt) {
  const std::vector<std::string> before = Keys(Parts());
  std::filesystem::permissions(folder_ + "/d",
                               std::filesystem::perms::owner_all);
  const std::vector<std::string> after = Keys(Parts());
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < after.size(); ++i) EXPECT_NE(after[i], before[i]);
}

TEST_F(PartsTest, ACopyChangesWithItsSource) {
  MemoryFile copy;
  copy.path = "z";
  copy.copy_of = "d/f10";
  const std::string before = Parts({copy}).back().key;
  EXPECT_EQ(Parts({copy}).back().key, before);
  ASSERT_THAT(WriteFile(folder_ + "/d/f10", std::string(500, 'y')), IsOk());
  EXPECT_NE(Parts({copy}).back().key, before);
}

TEST_F(PartsTest, TheFoldersOfACopysSourceAreInItsKey) {
  Write("a/b", "1");
  MemoryFile copy;
  copy.path = "z";
  copy.copy_of = "a/b";
  const std::string before = Parts({copy}).back().key;
  std::filesystem::permissions(folder_ + "/a",
                               std::filesystem::perms::owner_all);
  EXPECT_NE(Parts({copy}).back().key, before);
}

}  // namespace
}  // namespace ovenbird::context
