#include "runtime/config/surroundings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::config {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr char kHash[] = "0123456789abcdef0123456789abcdef01234567";

class GitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) /
            ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
  }
  void Write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  absl::StatusOr<std::string> Commit(const std::string& folder) {
    fs::create_directories(root_ / folder);
    return SystemSurroundings((root_ / folder).string()).GitCommit();
  }

  fs::path root_;
};

TEST_F(GitTest, Branch) {
  Write(".git/HEAD", "ref: refs/heads/main\n");
  Write(".git/refs/heads/main", absl::StrCat(kHash, "\n"));
  EXPECT_THAT(Commit("."), IsOkAndHolds(std::string(kHash)));
  EXPECT_THAT(Commit("below/deeper"), IsOkAndHolds(std::string(kHash)));
}

TEST_F(GitTest, DetachedHead) {
  Write(".git/HEAD", absl::StrCat(kHash, "\n"));
  EXPECT_THAT(Commit("."), IsOkAndHolds(std::string(kHash)));
}

TEST_F(GitTest, PackedRef) {
  Write(".git/HEAD", "ref: refs/heads/a\n");
  Write(".git/packed-refs", absl::StrCat("# pack-refs\nff refs/heads/ab\n",
                                         kHash, " refs/heads/a\n^00\n"));
  EXPECT_THAT(Commit("."), IsOkAndHolds(std::string(kHash)));
}

TEST_F(GitTest, Worktree) {
  Write("main/.git/refs/heads/w", kHash);
  Write("main/.git/worktrees/w/HEAD", "ref: refs/heads/w\n");
  Write("main/.git/worktrees/w/commondir", "../..\n");
  Write("tree/.git", "gitdir: ../main/.git/worktrees/w\n");
  EXPECT_THAT(Commit("tree/sub"), IsOkAndHolds(std::string(kHash)));
}

TEST_F(GitTest, NoCommitYet) {
  Write(".git/HEAD", "ref: refs/heads/main\n");
  EXPECT_THAT(Commit("."), StatusIs(absl::StatusCode::kNotFound,
                                    HasSubstr("no commit yet")));
}

TEST_F(GitTest, ReftableCannotBeRead) {
  Write(".git/HEAD", "ref: refs/heads/.invalid\n");
  Write(".git/reftable/tables.list", "0x1.ref\n");
  EXPECT_THAT(Commit("."), StatusIs(absl::StatusCode::kUnimplemented,
                                    HasSubstr("format `reftable`")));
}

TEST_F(GitTest, BrokenRepositories) {
  Write("a/.git", "something else\n");
  EXPECT_THAT(Commit("a"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                    HasSubstr("is not a file of Git")));
  Write("b/.git/HEAD", "rubbish\n");
  EXPECT_THAT(Commit("b"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                    HasSubstr("is not a commit")));
}

TEST(SystemSurroundings, EmptyVariablesAreUnset) {
  SystemSurroundings surroundings(".");
  setenv("OVENBIRD_TEST_EMPTY", "", 1);
  setenv("OVENBIRD_TEST_SET", "x", 1);
  EXPECT_EQ(surroundings.Variable("OVENBIRD_TEST_EMPTY"), std::nullopt);
  EXPECT_EQ(surroundings.Variable("OVENBIRD_TEST_SET"), "x");
  EXPECT_EQ(surroundings.Variable("OVENBIRD_TEST_NONE"), std::nullopt);
}

TEST(SystemSurroundings, RandomStaysTheSame) {
  SystemSurroundings surroundings(".");
  EXPECT_THAT(surroundings.Random(), MatchesRegex("[A-Za-z0-9]+"));
  EXPECT_EQ(surroundings.Random().size(), 6u);
  EXPECT_EQ(surroundings.Random(), surroundings.Random());
}

TEST(SystemSurroundings, TimeCanBeFixed) {
  setenv("SOURCE_DATE_EPOCH", "1586304000", 1);
  EXPECT_EQ(SystemSurroundings(".").Now(), absl::FromUnixSeconds(1586304000));
  unsetenv("SOURCE_DATE_EPOCH");
  const absl::Time before = absl::Now();
  EXPECT_GE(SystemSurroundings(".").Now(), before);
}

}  // namespace
}  // namespace ovenbird::config
