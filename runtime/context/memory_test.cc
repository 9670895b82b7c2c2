// What a build does with its context in a thread whose `new` fails once, at
// each of its calls: an exception, not a crash, which would leave objects in
// the cluster.
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/delta.h"
#include "runtime/context/fingerprint.h"
#include "runtime/context/parts.h"
#include "runtime/context/tar.h"
#include "runtime/context/walk.h"
#include "tools/testing/failing_new.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::FailEachNew;
using ::ovenbird::testing::IsOk;

class MemoryTest : public ::testing::Test {
 protected:
  MemoryTest() {
    for (int i = 0; i < 10; ++i) {
      const std::string name = absl::StrCat("/file", i);
      EXPECT_THAT(WriteFile(root_ + name, name), IsOk());
      std::filesystem::create_hard_link(root_ + name, root_ + name + ".link");
    }
    auto walk = Walk(root_);
    EXPECT_THAT(walk, IsOk());
    listing_ = std::move(walk->listing);
    files_.resize(3);
    files_[0].path = "added/by/ovenbird";
    files_[1].path = "file1";
    files_[2].path = "copy";
    files_[2].copy_of = "file2";
  }

  const std::string root_ = ovenbird::testing::NewFolder();
  Listing listing_{root_};
  std::vector<MemoryFile> files_;
};

TEST_F(MemoryTest, AnArchive) {
  const int failures = FailEachNew([&] {
    TarOptions options;
    options.files = files_;
    auto stream = TarStream::Create(&listing_, std::move(options));
    ASSERT_THAT(stream, IsOk());
    EXPECT_THAT(ReadAll(**stream), IsOk());
  });
  EXPECT_GT(failures, 50);
}

TEST_F(MemoryTest, TheLayerOfAChange) {
  const auto content = ComputeFingerprint(listing_, files_, FileRecords());
  ASSERT_THAT(content, IsOk());
  const int failures = FailEachNew([&] {
    const FileRecords after =
        UnpackedRecords(listing_, files_, content->records);
    EXPECT_THAT(MakeDelta(listing_, files_, FileRecords(), after), IsOk());
    EXPECT_FALSE(CutIntoParts(after, files_, 100).empty());
  });
  EXPECT_GT(failures, 50);
}

}  // namespace
}  // namespace ovenbird::context
