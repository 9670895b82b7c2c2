#include "runtime/context/file_records.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

FileRecord Content(absl::string_view text) {
  FileRecord record;
  record.size = text.size();
  record.digest = Sha256Of(text);
  record.settled = true;
  return record;
}

FileRecords Make(
    const std::vector<std::pair<std::string, std::string>>& files) {
  FileRecords records;
  for (const auto& [path, text] : files) records.Add(path, Content(text));
  return records;
}

std::vector<std::string> Paths(const FileRecords& records) {
  std::vector<std::string> paths;
  for (FileRecords::Reader reader(records); !reader.done(); reader.Next()) {
    paths.push_back(reader.path());
  }
  return paths;
}

TEST(FileRecordsTest, OrderOfPaths) {
  const std::vector<std::string> order = {"",    "a",     "a/b", "a/b/c",
                                          "a/c", "a\x01", "a.b", "a.b/c",
                                          "ab",  "b",     "\xFF"};
  for (size_t i = 0; i < order.size(); ++i) {
    for (size_t j = 0; j < order.size(); ++j) {
      const int sign = i < j ? -1 : i > j ? 1 : 0;
      const int result = ComparePaths(order[i], order[j]);
      EXPECT_EQ((result > 0) - (result < 0), sign) << order[i] << order[j];
    }
  }
}

TEST(FileRecordsTest, ComesBackAsSaved) {
  const std::string path = ::testing::TempDir() + "/records";
  const FileRecords records =
      Make({{"a", "1"}, {"a/b", "2"}, {"a/bc", "3"}, {"z", "4"}});
  ASSERT_THAT(records.Save(path), IsOk());
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms{0600});
  const FileRecords loaded = FileRecords::Load(path);
  EXPECT_THAT(Paths(loaded), ElementsAre("a", "a/b", "a/bc", "z"));
  EXPECT_THAT(CompareRecords(records, loaded), IsEmpty());
  FileRecords::Reader reader(loaded);
  EXPECT_EQ(reader.Find("a/a"), nullptr);
  EXPECT_EQ(reader.Find("a/bc")->digest, Sha256Of("3"));
  EXPECT_EQ(reader.Find("y"), nullptr);
  EXPECT_EQ(reader.Find("z")->digest, Sha256Of("4"));
  EXPECT_EQ(reader.Find("zz"), nullptr);
}

TEST(FileRecordsTest, DamagedFilesAreAsIfNotThere) {
  const std::string path = ::testing::TempDir() + "/damaged";
  EXPECT_EQ(FileRecords::Load(path + "/none").size(), 0);
  ASSERT_THAT(Make({{"a", "1"}, {"b", "2"}}).Save(path), IsOk());
  const std::string good = *ReadFile(path);
  for (size_t i = 0; i < good.size(); i += 7) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    ASSERT_THAT(WriteFile(path, bad), IsOk());
    EXPECT_EQ(FileRecords::Load(path).size(), 0) << i;
    ASSERT_THAT(WriteFile(path, good.substr(0, i)), IsOk());
    EXPECT_EQ(FileRecords::Load(path).size(), 0) << i;
  }
  ASSERT_THAT(WriteFile(path, good), IsOk());
  EXPECT_EQ(FileRecords::Load(path).size(), 2);
}

TEST(FileRecordsTest, Changes) {
  FileRecord script = Content("x");
  script.mode = 0755;
  FileRecord link = Content("x");
  link.type = EntryType::kSymlink;
  FileRecords before =
      Make({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "x"}, {"e", "x"}});
  FileRecords after = Make({{"aa", "1"}, {"b", "2"}, {"c", "4"}});
  after.Add("d", script);
  after.Add("e", link);
  std::vector<std::string> changes;
  for (const FileChange& change : CompareRecords(before, after)) {
    changes.push_back(absl::StrCat(change.path, " ", change.kind));
  }
  EXPECT_THAT(changes, ElementsAre(absl::StrCat("a ", FileChange::kRemoved),
                                   absl::StrCat("aa ", FileChange::kAdded),
                                   absl::StrCat("c ", FileChange::kContent),
                                   absl::StrCat("d ", FileChange::kMode),
                                   absl::StrCat("e ", FileChange::kType)));
}

}  // namespace
}  // namespace ovenbird::context
