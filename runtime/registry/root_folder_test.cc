#include "runtime/registry/root_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::registry {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

class RootFolderTest : public ::testing::Test {
 protected:
  RootFolder OpenRoot() const {
    auto root = RootFolder::Open(root_);
    EXPECT_THAT(root, IsOk());
    return *std::move(root);
  }

  void Write(const std::string& path) const {
    const fs::path full = top_ + "/" + path;
    fs::create_directories(full.parent_path());
    std::ofstream(full) << "x";
  }

  // Creates an empty file in an open folder.
  static void Touch(int folder, const char* name) {
    const int fd =
        openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0);
    close(fd);
  }

  bool Exists(const std::string& path) const {
    return fs::exists(fs::symlink_status(top_ + "/" + path));
  }

  const std::string top_ = NewFolder();
  const std::string root_ = [this] {
    fs::create_directory(top_ + "/root");
    return top_ + "/root";
  }();
};

TEST_F(RootFolderTest, OpensAFolderOnly) {
  Write("file");
  EXPECT_THAT(RootFolder::Open(top_ + "/file"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(RootFolder::Open(top_ + "/missing"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr(absl::StrCat("cannot open ", top_))));
}

TEST_F(RootFolderTest, CreatesMissingFolders) {
  RootFolder root = OpenRoot();
  auto folder = root.Folder("a/b/c");
  ASSERT_THAT(folder, IsOk());
  Touch(*folder, "f");
  EXPECT_TRUE(Exists("root/a/b/c/f"));
  // The same again, a parent, and the root.
  Touch(*root.Folder("a/b/c"), "g");
  Touch(*root.Folder("a"), "f");
  Touch(*root.Folder(""), "f");
  for (const char* path : {"root/a/b/c/g", "root/a/f", "root/f"}) {
    EXPECT_TRUE(Exists(path)) << path;
  }
}

// What an image layer can hold.
TEST_F(RootFolderTest, SymlinksDoNotLeadOutOfIt) {
  fs::create_directory(top_ + "/outside");
  struct Case {
    const char* target;
    const char* lands;  // below the root
  };
  int number = 0;
  for (const Case& c :
       {Case{"/", ""}, Case{"..", ""}, Case{"../../..", ""},
        Case{"../outside", "outside"}, Case{"/outside", "outside"}}) {
    const std::string link = absl::StrCat("link", ++number);
    fs::create_symlink(c.target, root_ + "/" + link);
    fs::create_directory(root_ + "/outside");
    RootFolder root = OpenRoot();
    auto folder = root.Folder(link);
    ASSERT_THAT(folder, IsOk()) << c.target;
    Touch(*folder, "f");
    EXPECT_TRUE(Exists(absl::StrCat("root/", c.lands, "/f"))) << c.target;
    EXPECT_FALSE(Exists("outside/f")) << c.target;
    EXPECT_FALSE(Exists("f")) << c.target;
    fs::remove_all(root_ + "/outside");
    fs::remove(root_ + "/f");
  }
  fs::create_symlink(top_ + "/outside", root_ + "/absolute");
  RootFolder root = OpenRoot();
  EXPECT_THAT(root.Folder("absolute/x"), ::testing::Not(IsOk()));
  EXPECT_FALSE(Exists("outside/x"));
}

TEST_F(RootFolderTest, PathsThatCannotBeFolders) {
  Write("root/file");
  fs::create_symlink("missing", root_ + "/dangling");
  fs::create_symlink("loop", root_ + "/loop");
  RootFolder root = OpenRoot();
  EXPECT_THAT(root.Folder("file"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("cannot open file")));
  EXPECT_THAT(root.Folder("file/x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(root.Folder("dangling"),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("cannot create dangling")));
  EXPECT_FALSE(Exists("root/missing"));
  EXPECT_THAT(root.Folder("loop"), ::testing::Not(IsOk()));
  EXPECT_THAT(root.Folder(std::string(300, 'n')), ::testing::Not(IsOk()));
  // A failure does not spoil the next call.
  EXPECT_THAT(root.Folder("fine"), IsOk());
}

// Links of /proc lead anywhere, whatever the root is.
TEST_F(RootFolderTest, MagicLinksAreNotFollowed) {
  auto root = RootFolder::Open("/proc/self");
  ASSERT_THAT(root, IsOk());
  EXPECT_THAT(root->Folder("cwd"), ::testing::Not(IsOk()));
}

TEST_F(RootFolderTest, AfterForgetTheFolderIsLookedUpAgain) {
  RootFolder root = OpenRoot();
  ASSERT_THAT(root.Folder("a"), IsOk());
  fs::rename(root_ + "/a", root_ + "/old");
  fs::create_directory(root_ + "/a");
  Touch(*root.Folder("a"), "kept-open");
  EXPECT_TRUE(Exists("root/old/kept-open"));
  root.Forget();
  Touch(*root.Folder("a"), "new");
  EXPECT_TRUE(Exists("root/a/new"));
}

TEST_F(RootFolderTest, CanBeMoved) {
  RootFolder first = OpenRoot();
  ASSERT_THAT(first.Folder("a"), IsOk());
  RootFolder second = std::move(first);
  Touch(*second.Folder("a"), "f");
  EXPECT_TRUE(Exists("root/a/f"));
}

TEST_F(RootFolderTest, RemoveAllDoesNotFollowSymlinks) {
  Write("outside/f");
  Write("root/d/e/f");
  fs::create_symlink(top_ + "/outside", root_ + "/d/link");
  fs::create_symlink(top_ + "/outside", root_ + "/link");
  RootFolder root = OpenRoot();
  const int fd = open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  for (const char* name : {"d", "link", "missing"}) {
    EXPECT_THAT(RemoveAll(fd, name), IsOk()) << name;
    EXPECT_FALSE(Exists(absl::StrCat("root/", name))) << name;
  }
  EXPECT_TRUE(Exists("outside/f"));
  close(fd);
}

TEST_F(RootFolderTest, RemoveContentKeepsTheFolder) {
  Write("root/d/e/f");
  Write("root/d/.hidden");
  Write("root/file");
  Write("outside/f");
  fs::create_symlink(top_ + "/outside", root_ + "/link");
  const int fd = open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  EXPECT_THAT(RemoveContent(fd, "d"), IsOk());
  EXPECT_TRUE(fs::is_empty(root_ + "/d"));
  EXPECT_THAT(RemoveContent(fd, "missing"), IsOk());
  for (const char* name : {"file", "link"}) {
    EXPECT_THAT(RemoveContent(fd, name),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr(absl::StrCat("cannot open ", name))));
  }
  EXPECT_TRUE(Exists("outside/f"));
  close(fd);
}

}  // namespace
}  // namespace ovenbird::registry
