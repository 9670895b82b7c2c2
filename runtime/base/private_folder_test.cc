#include "runtime/base/private_folder.h"

#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/workspace.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

std::string Parent(const std::string& name) {
  return absl::StrCat(::testing::TempDir(), "/", name);
}

std::string Shared() {
  return absl::StrCat(getenv("TMPDIR"), "/ovenbird-", geteuid());
}

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(CacheFolderTest, FollowsTheEnvironment) {
  setenv("XDG_CACHE_HOME", Parent("xdg").c_str(), 1);
  EXPECT_THAT(CacheFolder(), IsOkAndHolds(Parent("xdg/ovenbird")));
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", Parent("home").c_str(), 1);
  EXPECT_THAT(CacheFolder(), IsOkAndHolds(Parent("home/.cache/ovenbird")));
  // A home that cannot be written to: a file in its place.
  std::ofstream(Parent("file")) << "x";
  setenv("HOME", Parent("file").c_str(), 1);
  setenv("TMPDIR", Parent("tmp").c_str(), 1);
  absl::StatusOr<std::string> folder = CacheFolder();
  ASSERT_THAT(folder, IsOk());
  EXPECT_EQ(*folder, Shared());
}

TEST(StateFolderTest, FollowsTheEnvironment) {
  setenv("XDG_STATE_HOME", Parent("state").c_str(), 1);
  EXPECT_THAT(StateFolder(), IsOkAndHolds(Parent("state/ovenbird")));
  EXPECT_EQ(ModeOf(Parent("state/ovenbird")), 0700u);
  unsetenv("XDG_STATE_HOME");
  setenv("HOME", Parent("home2").c_str(), 1);
  EXPECT_THAT(StateFolder(),
              IsOkAndHolds(Parent("home2/.local/state/ovenbird")));
  unsetenv("HOME");
  setenv("TMPDIR", Parent("tmp2").c_str(), 1);
  EXPECT_THAT(StateFolder(), IsOkAndHolds(Shared()));
  chmod(Shared().c_str(), 0750);
  EXPECT_THAT(StateFolder(), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(CacheFolderTest, NoOtherUserCanEnterIt) {
  const mode_t before = umask(0);
  setenv("XDG_CACHE_HOME", Parent("modes").c_str(), 1);
  const std::string cache = Parent("modes/ovenbird");
  EXPECT_THAT(CacheFolder(), IsOkAndHolds(cache));
  EXPECT_EQ(ModeOf(cache), 0700u);
  // As earlier versions made it.
  chmod(cache.c_str(), 0755);
  EXPECT_THAT(CacheFolder(), IsOkAndHolds(cache));
  EXPECT_EQ(ModeOf(cache), 0700u);
  // On another disk.
  fs::rename(cache, Parent("disk"));
  chmod(Parent("disk").c_str(), 0775);
  fs::create_symlink(Parent("disk"), cache);
  EXPECT_THAT(CacheFolder(), IsOkAndHolds(cache));
  EXPECT_EQ(ModeOf(Parent("disk")), 0700u);
  {
    absl::StatusOr<Workspace> workspace = Workspace::Make(cache + "/run/deep");
    ASSERT_THAT(workspace, IsOk());
    for (const std::string& folder :
         {cache + "/run", cache + "/run/deep", workspace->path()}) {
      EXPECT_EQ(ModeOf(folder), 0700u) << folder;
    }
  }
  umask(before);
}

// Whoever is first can make the folder in /tmp, with notes in it that choose
// the executor.
TEST(CacheFolderTest, InASharedFolderItMustBeThisUsersAlone) {
  unsetenv("XDG_CACHE_HOME");
  unsetenv("HOME");
  setenv("TMPDIR", Parent("shared").c_str(), 1);
  EXPECT_THAT(CacheFolder(), IsOkAndHolds(Shared()));
  EXPECT_EQ(ModeOf(Shared()), 0700u);
  EXPECT_THAT(CacheFolder(), IsOkAndHolds(Shared()));
  for (const mode_t mode : {0701, 0710, 0770, 0755, 01777}) {
    chmod(Shared().c_str(), mode);
    EXPECT_THAT(CacheFolder(),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr("is accessible to other users")));
    EXPECT_EQ(ModeOf(Shared()), mode);
  }
  chmod(Shared().c_str(), 0700);
  fs::rename(Shared(), Parent("elsewhere"));
  fs::create_symlink(Parent("elsewhere"), Shared());
  EXPECT_THAT(CacheFolder(), StatusIs(absl::StatusCode::kPermissionDenied,
                                      HasSubstr("is not a folder")));
  fs::remove(Shared());
  std::ofstream(Shared()) << "x";
  EXPECT_THAT(CacheFolder(), StatusIs(absl::StatusCode::kPermissionDenied,
                                      HasSubstr("is not a folder")));
}

// On no disk, and closed to other users: it holds secrets.
TEST(MemoryFolderTest, IsAPrivateFolderInMemory) {
  const absl::StatusOr<std::string> folder = MemoryFolder();
  ASSERT_THAT(folder,
              IsOkAndHolds(absl::StrCat("/dev/shm/ovenbird-", geteuid())));
  struct statfs info;
  ASSERT_EQ(statfs(folder->c_str(), &info), 0);
  EXPECT_EQ(info.f_type, TMPFS_MAGIC);
  EXPECT_EQ(ModeOf(*folder), 0700u);
  EXPECT_THAT(MemoryFolder(), IsOkAndHolds(*folder));
}

TEST(CacheFolderTest, AnotherUsersIsRefused) {
  const std::string folder = Parent("owner");
  ASSERT_THAT(MakePrivateFolder(folder), IsOk());
  EXPECT_THAT(CheckPrivateFolder(folder, geteuid()), IsOk());
  EXPECT_THAT(
      CheckPrivateFolder(folder, geteuid() + 1),
      StatusIs(absl::StatusCode::kPermissionDenied,
               absl::StrCat(folder, " belongs to another user (uid ", geteuid(),
                            "), so it is not used; delete it, or set "
                            "XDG_CACHE_HOME and XDG_STATE_HOME to folders of "
                            "your own")));
  EXPECT_THAT(CheckPrivateFolder(folder + "/none", geteuid()),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace ovenbird
