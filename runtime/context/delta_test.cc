#include "runtime/context/delta.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/fingerprint.h"
#include "runtime/context/walk.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A context as it is at one moment.
struct Snapshot {
  Listing listing{""};
  std::vector<MemoryFile> files;
  FileRecords records;
};

class DeltaTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& content,
             mode_t mode = 0644) {
    const std::filesystem::path full = absl::StrCat(folder_, "/", path);
    std::filesystem::create_directories(full.parent_path());
    ASSERT_THAT(WriteFile(full, content), IsOk());
    ASSERT_EQ(chmod(full.c_str(), mode), 0);
    SetTimes(full, 1000);
  }
  void SetTimes(const std::string& path, time_t seconds) {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }
  void Remove(const std::string& path) {
    std::filesystem::remove_all(absl::StrCat(folder_, "/", path));
  }
  // All folders get one time, so that only what a test does is a difference.
  Snapshot Look(std::vector<MemoryFile> files = {}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_)) {
      if (entry.is_directory() && !entry.is_symlink()) {
        SetTimes(entry.path().string(), 1000);
      }
    }
    absl::StatusOr<WalkResult> walk = Walk(folder_);
    EXPECT_THAT(walk, IsOk());
    const auto found = ComputeFingerprint(walk->listing, files, {});
    EXPECT_THAT(found, IsOk());
    Snapshot snapshot;
    snapshot.records = UnpackedRecords(walk->listing, files, found->records);
    snapshot.listing = std::move(walk->listing);
    snapshot.files = std::move(files);
    return snapshot;
  }

  static absl::StatusOr<Delta> From(const Snapshot& before,
                                    const Snapshot& after) {
    return MakeDelta(after.listing, after.files, before.records, after.records);
  }
  static std::vector<std::string> Paths(const Listing& listing) {
    std::vector<std::string> paths;
    for (size_t i = 0; i < listing.size(); ++i)
      paths.push_back(listing.Path(i));
    return paths;
  }
  static std::vector<std::string> Paths(const std::vector<MemoryFile>& files) {
    std::vector<std::string> paths;
    for (const MemoryFile& file : files) paths.push_back(file.path);
    return paths;
  }

  const std::string folder_ = NewFolder();
};

TEST_F(DeltaTest, OfTheSameIsEmpty) {
  Write("a", "1");
  Write("d/b", "2");
  const Snapshot before = Look({{"own/x", "x"}});
  const absl::StatusOr<Delta> delta = From(before, Look({{"own/x", "x"}}));
  ASSERT_THAT(delta, IsOk());
  EXPECT_TRUE(delta->empty());
  EXPECT_THAT(Paths(delta->listing), IsEmpty());
  EXPECT_THAT(delta->files, IsEmpty());
}

TEST_F(DeltaTest, HasWhatChangedWithItsFolders) {
  Write("a", "1");
  Write("d/e/b", "22");
  Write("d/e/c", "3");
  const Snapshot before = Look();
  Write("d/e/b", "24");
  Write("d/new", "");
  const absl::StatusOr<Delta> delta = From(before, Look());
  ASSERT_THAT(delta, IsOk());
  EXPECT_THAT(Paths(delta->listing), ElementsAre("d", "d/e", "d/e/b", "d/new"));
  EXPECT_EQ(delta->changed, 2);
  EXPECT_EQ(delta->removed, 0);
  EXPECT_EQ(delta->hidden_bytes, 2);
}

TEST_F(DeltaTest, ModeTimeAndTargetCount) {
  Write("mode", "1");
  Write("time", "1");
  std::filesystem::create_symlink("a", folder_ + "/link");
  SetTimes(folder_ + "/link", 1000);
  const Snapshot before = Look();
  Write("mode", "1", 0755);
  SetTimes(folder_ + "/time", 2000);
  Remove("link");
  std::filesystem::create_symlink("b", folder_ + "/link");
  SetTimes(folder_ + "/link", 1000);
  const absl::StatusOr<Delta> delta = From(before, Look());
  ASSERT_THAT(delta, IsOk());
  EXPECT_THAT(Paths(delta->listing), ElementsAre("link", "mode", "time"));
}

TEST_F(DeltaTest, OneWhiteoutForAFolderThatIsGone) {
  Write("d/e/b", "22");
  Write("d/e/c", "333");
  Write("d/stays", "");
  Write("f", "1");
  const Snapshot before = Look();
  Remove("d/e");
  Remove("f");
  const absl::StatusOr<Delta> delta = From(before, Look());
  ASSERT_THAT(delta, IsOk());
  EXPECT_THAT(Paths(delta->files), ElementsAre("d/.wh.e", ".wh.f"));
  EXPECT_THAT(Paths(delta->listing), ElementsAre("d"));
  EXPECT_EQ(delta->hidden_bytes, 6);
}

TEST_F(DeltaTest, AFileInPlaceOfAFolderNeedsNoWhiteout) {
  Write("d/e/b", "22");
  Write("f", "1");
  const Snapshot before = Look();
  Remove("d");
  Write("d", "now a file");
  Remove("f");
  Write("f/now", "a folder");
  const absl::StatusOr<Delta> delta = From(before, Look());
  ASSERT_THAT(delta, IsOk());
  EXPECT_THAT(delta->files, IsEmpty());
  EXPECT_THAT(Paths(delta->listing), ElementsAre("d", "f", "f/now"));
}

TEST_F(DeltaTest, FilesFromMemoryAndTheirFolders) {
  Write("d/a", "1");
  const Snapshot before = Look({{"d/own/x", "x"}, {"same", "s"}});
  const Snapshot after = Look({{"d/other/y", "y"}, {"same", "s"}});
  const absl::StatusOr<Delta> delta = From(before, after);
  ASSERT_THAT(delta, IsOk());
  // The folder that the archive added for `x` goes with it.
  EXPECT_THAT(Paths(delta->files),
              UnorderedElementsAre("d/other/y", "d/.wh.own"));
  EXPECT_THAT(Paths(delta->listing), ElementsAre("d"));
}

TEST_F(DeltaTest, AFileFromMemoryTakesThePlaceOfOneOnTheDisk) {
  Write("d/a", "1");
  const Snapshot before = Look();
  const absl::StatusOr<Delta> delta = From(before, Look({{"d/a", "mine"}}));
  ASSERT_THAT(delta, IsOk());
  EXPECT_THAT(Paths(delta->files), ElementsAre("d/a"));
  EXPECT_THAT(Paths(delta->listing), ElementsAre("d", "d/a"));
}

TEST_F(DeltaTest, ACopyChangesWithItsSource) {
  Write("a", "1");
  MemoryFile copy;
  copy.path = "copies/a";
  copy.copy_of = "a";
  const Snapshot before = Look({copy});
  EXPECT_TRUE(From(before, Look({copy}))->empty());
  Write("a", "2");
  const absl::StatusOr<Delta> delta = From(before, Look({copy}));
  ASSERT_THAT(delta, IsOk());
  EXPECT_THAT(Paths(delta->files), ElementsAre("copies/a"));
  EXPECT_THAT(Paths(delta->listing), ElementsAre("a"));
}

TEST_F(DeltaTest, NamesOfWhiteoutsAreRefused) {
  Write("d/.wh.a", "");
  const Snapshot now = Look();
  EXPECT_THAT(CheckForLayer(now.records),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("`d/.wh.a` has a name that layers of images "
                                 "reserve")));
  EXPECT_THAT(From(Snapshot(), now),
              StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_F(DeltaTest, SizeOfFiles) {
  Write("a", "123");
  Write("d/b", "45");
  EXPECT_EQ(ContentSize(Look({{"own", "6"}}).records), 6);
}

}  // namespace
}  // namespace ovenbird::context
