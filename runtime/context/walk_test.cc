#include "runtime/context/walk.h"

#include <linux/capability.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WalkTest : public ::testing::Test {
 protected:
  WalkTest() {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  ~WalkTest() override { std::filesystem::remove_all(root_); }

  // A name with a slash at its end is a folder.
  void Make(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      const std::filesystem::path full = root_ + "/" + path;
      std::filesystem::create_directories(full.parent_path());
      if (path.back() == '/') continue;
      ASSERT_THAT(WriteFile(full, path), IsOk());
    }
  }

  std::vector<std::string> List(const std::string& rules = "") {
    const SourceFile file(".dockerignore", rules);
    diag::Collector problems;
    const Ignore ignore = Ignore::Parse(file, problems);
    WalkOptions options;
    options.ignore = &ignore;
    options.on_ignored = [&](absl::string_view path, EntryType, int rule) {
      ignored_.push_back(absl::StrCat(path, " ", rule));
    };
    auto result = Walk(root_, options);
    EXPECT_THAT(result, IsOk());
    std::vector<std::string> paths;
    for (size_t i = 0; i < result->listing.size(); ++i) {
      paths.push_back(absl::StrCat(
          result->listing.Path(i),
          result->listing[i].type == EntryType::kFolder ? "/" : ""));
    }
    skipped_ = result->skipped;
    return paths;
  }

  const std::string root_ = ::testing::TempDir() + "/walk";
  std::vector<std::string> ignored_;
  std::vector<std::string> skipped_;
};

TEST_F(WalkTest, SortedByBytesFoldersFirst) {
  Make({"b", "a/z", "a/B", "a.c", "empty/", "\xC3\xA9", "\xFF", "Z"});
  EXPECT_THAT(List(), ElementsAre("Z", "a/", "a/B", "a/z", "a.c", "b", "empty/",
                                  "\xC3\xA9", "\xFF"));
}

TEST_F(WalkTest, IgnoredFoldersAreThereForWhatIsTakenIn) {
  Make({"a/b/c", "a/b/d", "a/x/y", "e/f", "src/g"});
  EXPECT_THAT(List("*\n!a/b/c\n!src\nsrc/g\n"),
              ElementsAre("a/", "a/b/", "a/b/c", "src/"));
  EXPECT_THAT(ignored_, ElementsAre("a 0", "a/b 0", "a/b/d 0", "a/x 0", "e 0",
                                    "src/g 3"));
}

TEST_F(WalkTest, OwnFolderIsLeftOut) {
  Make({".ovenbird/cache", "a/.ovenbird/x", "b/.ovenbird", ".devspace/cache",
        "a/.devspace/x"});
  EXPECT_THAT(List(), ElementsAre("a/", "a/.devspace/", "a/.devspace/x", "b/",
                                  "b/.ovenbird"));
}

TEST_F(WalkTest, SymlinksAreNotFollowed) {
  Make({"d/f"});
  std::filesystem::create_symlink("..", root_ + "/d/up");
  std::filesystem::create_symlink("nowhere", root_ + "/dangling");
  std::filesystem::create_directory_symlink("d", root_ + "/link");
  EXPECT_THAT(List(), ElementsAre("d/", "d/f", "d/up", "dangling", "link"));
  auto result = Walk(root_);
  EXPECT_EQ(result->listing.LinkTarget(2), "..");
  EXPECT_EQ(result->listing.LinkTarget(3), "nowhere");
}

TEST_F(WalkTest, TheContextItselfMayBeASymlink) {
  Make({"d/f"});
  std::filesystem::create_directory_symlink("d", root_ + "/link");
  auto result = Walk(root_ + "/link");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->listing.Path(0), "f");
}

TEST_F(WalkTest, SpecialFilesAreSkippedAndTold) {
  Make({"a/f"});
  ASSERT_EQ(mkfifo((root_ + "/a/pipe").c_str(), 0644), 0);
  ASSERT_EQ(mkfifo((root_ + "/ignored").c_str(), 0644), 0);
  sockaddr_un address = {AF_UNIX, "sock"};
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(chdir(root_.c_str()), 0);  // A socket's path is short.
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(List("ignored"), ElementsAre("a/", "a/f"));
  EXPECT_THAT(skipped_, ElementsAre("named pipe `a/pipe`", "socket `sock`"));
  close(fd);
}

TEST_F(WalkTest, EntriesSayWhatTheFilesAre) {
  Make({"f", "g"});
  ASSERT_THAT(WriteFile(root_ + "/f", "12345"), IsOk());
  ASSERT_EQ(chmod((root_ + "/f").c_str(), 0751), 0);
  std::filesystem::create_hard_link(root_ + "/g", root_ + "/h");
  auto result = Walk(root_);
  ASSERT_THAT(result, IsOk());
  const Listing& listing = result->listing;
  struct stat info;
  ASSERT_EQ(stat((root_ + "/f").c_str(), &info), 0);
  EXPECT_EQ(listing[0].size, 5);
  EXPECT_EQ(listing[0].mode, 0751);
  EXPECT_EQ(listing[0].mtime_s, info.st_mtim.tv_sec);
  EXPECT_EQ(listing[0].mtime_ns, info.st_mtim.tv_nsec);
  EXPECT_EQ(listing[0].inode, info.st_ino);
  EXPECT_FALSE(listing[0].many_links);
  EXPECT_TRUE(listing[1].many_links);
  EXPECT_EQ(listing[1].inode, listing[2].inode);
}

TEST_F(WalkTest, Errors) {
  EXPECT_THAT(Walk(root_ + "/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none")));
  Make({"f"});
  EXPECT_THAT(Walk(root_ + "/f"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/f")));
}

// Root reads everything: takes the capabilities for that away for a while.
class LikeAnybody {
 public:
  LikeAnybody() {
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    EXPECT_EQ(syscall(SYS_capget, &header, before_), 0);
    __user_cap_data_struct now[2] = {before_[0], before_[1]};
    now[0].effective &= ~(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH);
    EXPECT_EQ(syscall(SYS_capset, &header, now), 0);
  }
  ~LikeAnybody() {
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    EXPECT_EQ(syscall(SYS_capset, &header, before_), 0);
  }

 private:
  __user_cap_data_struct before_[2];
};

TEST_F(WalkTest, UnreadableIsAnErrorUnlessIgnored) {
  Make({"d/secret"});
  LikeAnybody like_anybody;
  ASSERT_EQ(chmod((root_ + "/d/secret").c_str(), 0), 0);
  EXPECT_THAT(Walk(root_), StatusIs(absl::StatusCode::kPermissionDenied,
                                    HasSubstr("d/secret")));
  EXPECT_THAT(List("d/secret"), ElementsAre("d/"));

  ASSERT_EQ(chmod((root_ + "/d").c_str(), 0), 0);
  EXPECT_THAT(Walk(root_), StatusIs(absl::StatusCode::kPermissionDenied,
                                    HasSubstr("folder")));
  EXPECT_THAT(List("d"), ElementsAre());
  ASSERT_EQ(chmod((root_ + "/d").c_str(), 0755), 0);
}

TEST_F(WalkTest, DeepFolders) {
  std::string path;
  for (int i = 0; i < 400; ++i) path += "d/";
  Make({path + "f"});
  EXPECT_EQ(List().size(), 401);
}

}  // namespace
}  // namespace ovenbird::context
