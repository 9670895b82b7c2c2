#include "runtime/init/remote.h"

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::init {
namespace {

TEST(Remote, Registries) {
  const std::pair<const char*, const char*> cases[] = {
      {"git@github.com:Me/Shop.git", "ghcr.io/me/shop"},
      {"https://github.com/me/shop", "ghcr.io/me/shop"},
      {"https://token@github.com/me/shop.git/", "ghcr.io/me/shop"},
      {"ssh://git@ssh.github.com:443/me/shop.git", "ghcr.io/me/shop"},
      {"git@gitlab.com:group/sub/shop.git",
       "registry.gitlab.com/group/sub/shop"},
      {"https://codeberg.org/me/shop", "codeberg.org/me/shop"},
      {"git@git.example.com:me/shop.git", ""},
      {"/srv/git/shop.git", ""},
      {"https://github.com/", ""},
      {"", ""},
  };
  for (const auto& [url, registry] : cases) {
    EXPECT_EQ(RegistryOf(url), registry) << url;
  }
}

class RemoteTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, absl::string_view text) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    ASSERT_TRUE(WriteFile(path.string(), text).ok());
  }

  const std::filesystem::path folder_ = testing::NewFolder();
};

TEST_F(RemoteTest, IsReadFromTheConfigOfTheRepositoryAround) {
  Write(".git/config",
        "[core]\n\turl = nothing\n[remote \"upstream\"]\n\turl = u\n"
        "[remote \"origin\"]\n\tfetch = x\n\turl = o # no comment\n"
        "[branch \"main\"]\n\tremote = origin\n");
  Write("a/b/file", "");
  EXPECT_EQ(RemoteOf((folder_ / "a/b").string()), "o # no comment");
}

TEST_F(RemoteTest, WithoutOriginTheFirstOne) {
  Write(".git/config", "[remote \"a\"]\nurl=1\n[remote \"b\"]\nurl=2\n");
  EXPECT_EQ(RemoteOf(folder_.string()), "1");
}

TEST_F(RemoteTest, OfAWorktree) {
  Write("main/.git/config", "[remote \"origin\"]\n url = o\n");
  Write("main/.git/worktrees/w/commondir", "../..\n");
  Write("w/.git", "gitdir: ../main/.git/worktrees/w\n");
  EXPECT_EQ(RemoteOf((folder_ / "w").string()), "o");
}

TEST_F(RemoteTest, NoneIsEmpty) {
  Write(".git/config", "[core]\n");
  EXPECT_EQ(RemoteOf(folder_.string()), "");
  Write("x/.git", "something else");
  EXPECT_EQ(RemoteOf((folder_ / "x").string()), "");
}

}  // namespace
}  // namespace ovenbird::init
