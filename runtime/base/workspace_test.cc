#include "runtime/base/workspace.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/file_lock.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;

std::string Parent(const std::string& name) {
  return absl::StrCat(::testing::TempDir(), "/", name);
}

TEST(WorkspaceTest, IsGoneInTheEnd) {
  std::string path;
  {
    absl::StatusOr<Workspace> workspace = Workspace::Make(Parent("a/b"));
    ASSERT_THAT(workspace, IsOk());
    path = workspace->path();
    fs::create_directories(path + "/deep/folder");
    std::ofstream(path + "/deep/file") << "x";
    Workspace moved = *std::move(workspace);
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(WorkspaceTest, WhatAKilledProcessLeftIsSweptUpByTheNext) {
  const std::string parent = Parent("sweep");
  // Nobody holds it: its process is gone.
  fs::create_directories(parent + "/killed/rootfs");
  absl::StatusOr<Workspace> first = Workspace::Make(parent);
  ASSERT_THAT(first, IsOk());
  EXPECT_FALSE(fs::exists(parent + "/killed"));
  absl::StatusOr<Workspace> second = Workspace::Make(parent);
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(first->path(), second->path());
  EXPECT_TRUE(fs::exists(first->path()));
}

TEST(WorkspaceTest, ARemoverIsAskedFirst) {
  const std::string parent = Parent("remover");
  fs::create_directories(parent + "/killed");
  std::vector<std::string> asked;
  std::string path;
  {
    absl::StatusOr<Workspace> workspace = Workspace::Make(
        parent, [&](const std::string& it) { asked.push_back(it); });
    ASSERT_THAT(workspace, IsOk());
    path = workspace->path();
  }
  EXPECT_THAT(asked, ::testing::ElementsAre(parent + "/killed", path));
  EXPECT_FALSE(fs::exists(path));
}

TEST(WorkspaceTest, AreListedWithThoseThatLive) {
  const std::string parent = Parent("list");
  EXPECT_TRUE(ListWorkspaces(parent).empty());
  absl::StatusOr<Workspace> living = Workspace::Make(parent);
  ASSERT_THAT(living, IsOk());
  fs::create_directories(parent + "/killed/rootfs");
  std::ofstream(parent + "/file") << "x";
  std::vector<std::string> found;
  for (const FoundWorkspace& workspace : ListWorkspaces(parent)) {
    found.push_back(
        absl::StrCat(workspace.path, workspace.in_use ? " in use" : ""));
  }
  EXPECT_THAT(found, ::testing::UnorderedElementsAre(
                         parent + "/killed", living->path() + " in use"));
  EXPECT_FALSE(DeleteWorkspace(living->path(), nullptr));
  EXPECT_TRUE(DeleteWorkspace(parent + "/killed", nullptr));
  EXPECT_TRUE(fs::exists(living->path()));
  EXPECT_FALSE(fs::exists(parent + "/killed"));
}

TEST(WorkspaceTest, AWaitForOthersCanBeCancelled) {
  const std::string parent = Parent("wait");
  ASSERT_THAT(Workspace::Make(parent), IsOk());
  const absl::StatusOr<FileLock> lock = FileLock::Take(parent + "/.lock");
  ASSERT_THAT(lock, IsOk());
  Cancellation cancel;
  cancel.Cancel();
  EXPECT_THAT(Workspace::Make(parent, nullptr, {&cancel}),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(ListWorkspaces(parent, {&cancel}).empty());
}

}  // namespace
}  // namespace ovenbird
