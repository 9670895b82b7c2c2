#include "runtime/base/folder_without_links.h"

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

std::string FreshFolder() {
  std::string path = absl::StrCat(::testing::TempDir(), "/XXXXXX");
  EXPECT_NE(mkdtemp(&path[0]), nullptr);
  return path;
}

TEST(FolderWithoutLinksTest, MakesEachLevel) {
  const std::string root = FreshFolder();
  for (const char* path : {"a/b/c", "a/b/c", "a/d/", "./e", ""}) {
    EXPECT_THAT(MakeFolderWithoutLinks(root, path), IsOk()) << path;
    EXPECT_TRUE(fs::is_directory(fs::path(root) / path)) << path;
  }
  // The root is named by the user.
  const std::string link = absl::StrCat(root, "/link");
  fs::create_directory_symlink(root, link);
  EXPECT_THAT(MakeFolderWithoutLinks(link, "f"), IsOk());
  EXPECT_TRUE(fs::is_directory(absl::StrCat(root, "/f")));
}

TEST(FolderWithoutLinksTest, RefusesLinksAndFiles) {
  const std::string root = FreshFolder();
  const std::string elsewhere = FreshFolder();
  fs::create_directory(absl::StrCat(root, "/a"));
  fs::create_directory_symlink(elsewhere, absl::StrCat(root, "/link"));
  fs::create_directory_symlink(elsewhere, absl::StrCat(root, "/a/link"));
  fs::create_symlink("nowhere", absl::StrCat(root, "/dangling"));
  ASSERT_THAT(WriteFile(absl::StrCat(root, "/file"), ""), IsOk());
  for (const char* path : {"link", "link/x", "a/link/x/y", "dangling/x"}) {
    EXPECT_THAT(MakeFolderWithoutLinks(root, path),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("is a symlink")))
        << path;
  }
  EXPECT_FALSE(MakeFolderWithoutLinks(root, "file/x").ok());
  EXPECT_TRUE(fs::is_empty(elsewhere));
}

}  // namespace
}  // namespace ovenbird
