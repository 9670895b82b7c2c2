#include "runtime/build/local/remains.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/workspace.h"
#include "runtime/build/local/daemon_containers.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WriteProgram;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(LocalRemainsTest, Describe) {
  LocalRemains remains;
  remains.name = "/cache/run/a";
  EXPECT_EQ(remains.Describe(), "folder /cache/run/a");
  remains.kind = LocalRemains::kCgroup;
  remains.name = "/sys/fs/cgroup/a";
  EXPECT_EQ(remains.Describe(), "control group /sys/fs/cgroup/a");
  remains.kind = LocalRemains::kContainer;
  remains.name = "0123456789abcdef";
  remains.program = "podman";
  remains.image = "app";
  EXPECT_EQ(remains.Describe(), "podman container 0123456789ab (image `app`)");
}

// A machine with a cache of its own and a daemon that is a script.
class FindRemainsTest : public ::testing::Test {
 protected:
  FindRemainsTest() {
    setenv("PATH", absl::StrCat(folder_, ":/usr/bin:/bin").c_str(), 1);
    setenv("XDG_CACHE_HOME", absl::StrCat(folder_, "/cache").c_str(), 1);
    WriteProgram(Path("docker"), "exit 1\n");
    WriteProgram(Path("podman"), "exit 1\n");
  }
  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }
  // Returns the containers and the folders of the cache: others may belong to
  // other tests.
  std::vector<LocalRemains> Find() const {
    std::vector<LocalRemains> found;
    for (LocalRemains& each : FindLocalRemains(ThisProcess(), nullptr)) {
      if (each.kind == LocalRemains::kContainer ||
          each.name.rfind(folder_, 0) == 0) {
        found.push_back(std::move(each));
      }
    }
    return found;
  }

  const std::string folder_ = NewFolder();
};

TEST_F(FindRemainsTest, NothingIsLeftOnAFreshMachine) {
  EXPECT_THAT(Find(), IsEmpty());
}

TEST_F(FindRemainsTest, FoldersOfTheCache) {
  absl::StatusOr<Workspace> used = Workspace::Make(Path("cache/ovenbird/run"));
  ASSERT_THAT(used, IsOk());
  const std::string left = Path("cache/ovenbird/run/left");
  ASSERT_EQ(mkdir(left.c_str(), 0700), 0);
  std::map<std::string, std::string> why;
  for (const LocalRemains& each : Find()) {
    EXPECT_EQ(each.kind, LocalRemains::kFolder);
    EXPECT_EQ(each.in_use, each.name == used->path()) << each.name;
    why[each.name] = each.why;
  }
  EXPECT_EQ(why, (std::map<std::string, std::string>{
                     {used->path(), "a process uses it"},
                     {left, "its process has exited"}}));

  for (const LocalRemains& each : Find()) {
    const absl::Status deleted = DeleteLocalRemains(each, nullptr);
    EXPECT_EQ(deleted.ok(), !each.in_use) << deleted;
  }
  EXPECT_TRUE(std::filesystem::exists(used->path()));
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(FindRemainsTest, ContainersOfADaemon) {
  // The process with this pid has another start time.
  Owner gone = ThisProcess();
  gone.process = gone.process.substr(0, gone.process.rfind('/')) + "/1";
  json::Value labels;
  for (const auto& [name, value] : ContainerLabels(gone, "app")) {
    labels.Set(name, value);
  }
  json::Value container = json::Object{
      {"Id", "0123456789abcdef"},
      {"Created", "2020-01-01T00:00:00Z"},
      {"State", json::Object{{"Running", false},
                             {"FinishedAt", "2020-01-01T00:01:00Z"}}},
      {"Config", json::Object{{"Labels", labels}}}};
  ASSERT_THAT(WriteFile(Path("containers"),
                        json::Write(json::Value(json::Array{container}))),
              IsOk());
  WriteProgram(
      Path("docker"),
      absl::StrCat("case \"$1\" in\nps) echo 0123456789abcdef ;;\n",
                   "container) cat ", Path("containers"), " ;;\n",
                   "rm) echo \"$*\" > ", Path("removed"), "; [ ! -f ",
                   Path("stopped"),
                   " ] || { echo 'no daemon' >&2; exit 1; } ;;\n", "esac\n"));
  const std::vector<LocalRemains> found = Find();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].Describe(), "docker container 0123456789ab (image `app`)");
  EXPECT_FALSE(found[0].in_use) << found[0].why;
  EXPECT_THAT(DeleteLocalRemains(found[0], nullptr), IsOk());
  EXPECT_EQ(FirstLineOf(Path("removed")),
            "rm --force --volumes 0123456789abcdef");

  ASSERT_THAT(WriteFile(Path("stopped"), ""), IsOk());
  EXPECT_THAT(DeleteLocalRemains(found[0], nullptr),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no daemon")));
}

TEST_F(FindRemainsTest, DeletesOnlyEmptyControlGroups) {
  LocalRemains group;
  group.kind = LocalRemains::kCgroup;
  group.name = Path("missing");
  EXPECT_THAT(DeleteLocalRemains(group, nullptr), IsOk());
  group.name = folder_;
  EXPECT_THAT(DeleteLocalRemains(group, nullptr).message(),
              HasSubstr(absl::StrCat("cannot delete the control group ",
                                     folder_, ": Directory not empty")));
  group.name = Path("empty");
  ASSERT_EQ(mkdir(group.name.c_str(), 0700), 0);
  EXPECT_THAT(DeleteLocalRemains(group, nullptr), IsOk());
  EXPECT_NE(access(group.name.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace ovenbird::build
