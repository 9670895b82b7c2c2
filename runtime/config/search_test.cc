#include "runtime/config/search.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::config {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr uid_t kMe = 1000;
constexpr uid_t kOther = 1001;

// Real files; whose they are, and on which file system, is what the test says.
class FindConfigTest : public ::testing::Test {
 protected:
  FindConfigTest() {
    top_ = fs::canonical(NewFolder()).string();
    fs::create_directories(Path("a/b/c"));
    rules_.home = top_;
    rules_.owners = {kMe, 0};
    rules_.look = [this](const std::string& path, bool follow_links) {
      std::optional<struct stat> info =
          SystemSearchRules().look(path, follow_links);
      if (!info.has_value()) return info;
      info->st_uid = kMe;
      const bool link = S_ISLNK(info->st_mode);
      if (auto it = owners_.find(link ? path + " (link)" : path);
          it != owners_.end()) {
        info->st_uid = it->second;
      }
      for (const auto& [mount, device] : mounts_) {
        if (path == mount || path.rfind(mount + "/", 0) == 0) {
          info->st_dev = device;
        }
      }
      return info;
    };
  }

  std::string Path(const std::string& name) const {
    return absl::StrCat(top_, "/", name);
  }
  void Write(const std::string& name) const {
    std::ofstream(Path(name)) << "images: {}\n";
  }
  absl::StatusOr<std::string> Find(const std::string& folder) const {
    return FindConfig(Path(folder), rules_);
  }

  std::string top_;
  SearchRules rules_;
  std::map<std::string, uid_t> owners_;  // those that are not kMe's
  std::map<std::string, dev_t> mounts_;  // file systems below the test's
};

TEST_F(FindConfigTest, TheNearestIsFound) {
  Write("devspace.yaml");
  EXPECT_THAT(Find("."), IsOkAndHolds("devspace.yaml"));
  EXPECT_THAT(Find("a/b/c"), IsOkAndHolds("../../../devspace.yaml"));
  fs::create_directory(Path("a/b/devspace.yaml"));  // no file
  Write("a/devspace.yaml");
  EXPECT_THAT(Find("a/b/c"), IsOkAndHolds("../../devspace.yaml"));
}

TEST_F(FindConfigTest, FilesOfRootAreTrusted) {
  Write("a/devspace.yaml");
  owners_ = {{Path("a/devspace.yaml"), 0}, {Path("a"), 0}, {Path("a/b"), 0}};
  EXPECT_THAT(Find("a/b"), IsOkAndHolds("../devspace.yaml"));
}

struct Foreign {
  const char* what;
  const char* path;  // belongs to another user
  const char* start;
};

TEST_F(FindConfigTest, WhatAnotherUserOwnsIsRefused) {
  Write("devspace.yaml");
  Write("a/devspace.yaml");
  for (const Foreign& row : {
           Foreign{"the config", "a/devspace.yaml", "a"},
           Foreign{"the config of a folder above", "a/devspace.yaml", "a/b/c"},
           Foreign{"its folder", "a", "a"},
           Foreign{"its folder, from below", "a", "a/b"},
           Foreign{"the folder where the search starts", "a/b/c", "a/b/c"},
           Foreign{"a folder on the way", "a/b", "a/b/c"},
       }) {
    owners_ = {{Path(row.path), kOther}};
    EXPECT_THAT(
        Find(row.start),
        StatusIs(absl::StatusCode::kPermissionDenied,
                 AllOf(HasSubstr(absl::StrCat(
                           row.path == std::string("a/devspace.yaml")
                               ? "it"
                               : absl::StrCat("`", Path(row.path), "`"),
                           " belongs to ")),
                       HasSubstr("(uid 1001)"),
                       HasSubstr(absl::StrCat("pass `--config ",
                                              Path("a/devspace.yaml"), "`")))))
        << row.what;
  }
  // A folder above the config's has no say.
  owners_ = {{top_, kOther}};
  EXPECT_THAT(Find("a"), IsOkAndHolds("devspace.yaml"));
}

// Paths in a config start at the link's folder: its owner chooses what is run.
TEST_F(FindConfigTest, ALinkIsJudgedAsWellAsItsTarget) {
  Write("target");
  fs::create_symlink(Path("target"), Path("a/devspace.yaml"));
  EXPECT_THAT(Find("a"), IsOkAndHolds("devspace.yaml"));
  owners_ = {{Path("a/devspace.yaml") + " (link)", kOther}};
  EXPECT_THAT(Find("a"), StatusIs(absl::StatusCode::kPermissionDenied));
  owners_ = {{Path("a/devspace.yaml"), kOther}};  // followed: the target's
  EXPECT_THAT(Find("a"), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(FindConfigTest, EndsAtTheHomeFolder) {
  Write("devspace.yaml");
  rules_.home = Path("a");
  EXPECT_THAT(Find("a/b"),
              StatusIs(absl::StatusCode::kNotFound,
                       absl::StrCat("no devspace.yaml in ", Path("a/b"),
                                    " or a folder above, up to ", Path("a"),
                                    "; name one with --config FILE")));
  EXPECT_THAT(Find("a"), StatusIs(absl::StatusCode::kNotFound,
                                  Not(HasSubstr("folder above"))));
  Write("a/devspace.yaml");
  EXPECT_THAT(Find("a/b"), IsOkAndHolds("../devspace.yaml"));
}

// $HOME may be a link; the current folder never is.
TEST_F(FindConfigTest, TheHomeFolderMayHaveAnotherName) {
  Write("devspace.yaml");
  fs::create_symlink(Path("a"), Path("home"));
  rules_.home = Path("home/");
  EXPECT_THAT(Find("a/b"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(FindConfigTest, StaysOnItsFileSystem) {
  Write("devspace.yaml");
  mounts_ = {{Path("a/b"), 7}};
  EXPECT_THAT(Find("a/b/c"), StatusIs(absl::StatusCode::kNotFound,
                                      HasSubstr("up to " + Path("a/b") + ";")));
  EXPECT_THAT(Find("a"), IsOkAndHolds("../devspace.yaml"));
  Write("a/b/devspace.yaml");
  EXPECT_THAT(Find("a/b/c"), IsOkAndHolds("../devspace.yaml"));
}

// By the system's own answers.
TEST_F(FindConfigTest, LooksAtTheRealOwner) {
  Write("a/devspace.yaml");
  rules_ = SystemSearchRules();
  EXPECT_THAT(Find("a/b"), IsOkAndHolds("../devspace.yaml"));
  rules_.owners = {geteuid() + 1};
  EXPECT_THAT(Find("a/b"),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr(absl::StrCat("(uid ", geteuid(), ")"))));
}

TEST(TrustedOwnersTest, ForRootWhoRanSudoCounts) {
  EXPECT_THAT(TrustedOwners(1000, ""), UnorderedElementsAre(0, 1000));
  EXPECT_THAT(TrustedOwners(0, ""), UnorderedElementsAre(0));
  EXPECT_THAT(TrustedOwners(0, "1000"), UnorderedElementsAre(0, 1000));
  // Anybody can set a variable; root has it from sudo.
  EXPECT_THAT(TrustedOwners(1000, "1001"), UnorderedElementsAre(0, 1000));
  for (const char* broken : {"x", "-1", "1000x", "4294967296"}) {
    EXPECT_THAT(TrustedOwners(0, broken), UnorderedElementsAre(0)) << broken;
  }
}

}  // namespace
}  // namespace ovenbird::config
