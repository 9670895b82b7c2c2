#include "runtime/context/fingerprint.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/walk.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;

class FingerprintTest : public ::testing::Test {
 protected:
  FingerprintTest() { std::filesystem::remove_all(base_); }
  ~FingerprintTest() override { std::filesystem::remove_all(base_); }

  std::string Path(const std::string& path) const {
    return absl::StrCat(base_, "/", path);
  }
  void Write(const std::string& path, const std::string& content,
             mode_t mode = 0644) {
    const std::filesystem::path full = Path(path);
    std::filesystem::create_directories(full.parent_path());
    ASSERT_THAT(WriteFile(full, content), IsOk());
    ASSERT_EQ(chmod(full.c_str(), mode), 0);
  }

  absl::StatusOr<Fingerprint> Compute(const std::string& root,
                                      const std::vector<MemoryFile>& files = {},
                                      const FileRecords& known = {}) {
    auto walk = Walk(Path(root));
    if (!walk.ok()) return walk.status();
    return ComputeFingerprint(walk->listing, files, known);
  }
  std::string Hex(const std::string& root,
                  const std::vector<MemoryFile>& files = {}) {
    auto fingerprint = Compute(root, files);
    EXPECT_THAT(fingerprint, IsOk());
    return ToHex(fingerprint->digest);
  }

  const std::string base_ = ::testing::TempDir() + "/fingerprint";
};

TEST_F(FingerprintTest, SameFilesElsewhereAndAtAnotherTime) {
  for (const std::string root : {"one", "two"}) {
    Write(root + "/a", "a", 0660);
    Write(root + "/d/x", "x", 0700);
    std::filesystem::create_directories(Path(root) + "/empty");
    std::filesystem::create_symlink("a", Path(root) + "/link");
  }
  std::filesystem::create_hard_link(Path("one/a"), Path("one/h"));
  Write("two/h", "a", 0660);
  const timespec times[2] = {{1, 0}, {1, 0}};
  utimensat(AT_FDCWD, Path("two/a").c_str(), times, 0);
  EXPECT_EQ(Hex("one"), Hex("two"));
}

TEST_F(FingerprintTest, EveryDifferenceCounts) {
  std::set<std::string> seen;
  const auto add = [&](const std::string& root) {
    EXPECT_TRUE(seen.insert(Hex(root)).second) << root;
  };
  Write("base/a", "a");
  Write("base/b", "b");
  add("base");
  Write("content/a", "A");
  Write("content/b", "b");
  add("content");
  Write("mode/a", "a", 0755);
  Write("mode/b", "b");
  add("mode");
  Write("setuid/a", "a", 04755);
  Write("setuid/b", "b");
  add("setuid");
  Write("private/a", "a");
  Write("private/b", "b", 0600);
  add("private");
  Write("name/a", "a");
  Write("name/c", "b");
  add("name");
  Write("swapped/a", "b");
  Write("swapped/b", "a");
  add("swapped");
  Write("more/a", "a");
  Write("more/b", "b");
  Write("more/c", "");
  add("more");
  Write("folder/a", "a");
  Write("folder/b", "b");
  std::filesystem::create_directories(Path("folder/c"));
  add("folder");
  Write("link/a", "a");
  std::filesystem::create_symlink("a", Path("link/b"));
  add("link");
  Write("other_link/a", "a");
  std::filesystem::create_symlink("b", Path("other_link/b"));
  add("other_link");
}

TEST_F(FingerprintTest, MemoryFilesCountLikeFiles) {
  Write("disk/Dockerfile", "FROM b");
  Write("disk/m", "new");
  Write("disk/z", "z");
  Write("memory/Dockerfile", "FROM a");
  Write("memory/z", "z");
  EXPECT_EQ(Hex("memory", {{"m", "new"}, {"Dockerfile", "FROM b"}}),
            Hex("disk"));
  EXPECT_NE(Hex("memory"), Hex("disk"));
  EXPECT_NE(Hex("memory", {{"m", "new", true}, {"Dockerfile", "FROM b"}}),
            Hex("disk"));
}

TEST_F(FingerprintTest, ManyFilesOnSeveralThreads) {
  for (int i = 0; i < 1500; ++i) {
    Write(absl::StrCat("many/", i % 37, "/", i), absl::StrCat(i));
  }
  auto first = Compute("many");
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->files_read, 1500);
  EXPECT_EQ(ToHex(first->digest), Hex("many"));
  Write("many/3/3", "other");
  EXPECT_NE(ToHex(first->digest), Hex("many"));
}

// The records that a run some seconds later would have left.
FileRecords Settled(const FileRecords& records) {
  FileRecords settled;
  for (FileRecords::Reader reader(records); !reader.done(); reader.Next()) {
    FileRecord record = reader.record();
    record.settled = true;
    settled.Add(reader.path(), record);
  }
  return settled;
}

TEST_F(FingerprintTest, UnchangedFilesAreNotRead) {
  Write("c/a", "a");
  Write("c/d/b", "b");
  Write("c/d.e", "c");
  auto first = Compute("c");
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->files_read, 3);
  const FileRecords known = Settled(first->records);

  auto second = Compute("c", {}, known);
  EXPECT_EQ(second->files_read, 0);
  EXPECT_EQ(second->digest, first->digest);

  Write("c/d/b", "B");  // The same size.
  auto third = Compute("c", {}, known);
  EXPECT_EQ(third->files_read, 1);
  EXPECT_EQ(ToHex(third->digest), Hex("c"));
  EXPECT_NE(third->digest, first->digest);

  std::filesystem::remove(Path("c/a"));
  auto fourth = Compute("c", {}, known);
  EXPECT_EQ(fourth->files_read, 1);
  EXPECT_EQ(ToHex(fourth->digest), Hex("c"));
}

TEST_F(FingerprintTest, FreshFilesAreReadAgain) {
  Write("c/a", "a");
  auto first = Compute("c");
  // Written just now: a change in the same tick would not show.
  EXPECT_EQ(Compute("c", {}, first->records)->files_read, 1);
}

TEST_F(FingerprintTest, AChangeWhileReadingIsAnError) {
  Write("c/a", "a");
  auto walk = Walk(Path("c"));
  Write("c/a", "aa");
  EXPECT_THAT(ComputeFingerprint(walk->listing, {}, {}),
              StatusIs(absl::StatusCode::kAborted));
}

}  // namespace
}  // namespace ovenbird::context
