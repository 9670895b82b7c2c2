#include "runtime/build/local/volumes.h"

#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

TEST(VolumesTest, MakesAndFillsTheContainersFolders) {
  ContainerSpec spec;
  spec.mounts = {
      {"/context", {}},
      {"/kaniko/.docker", {{"config.json", "{}", 0600}, {"deep/er/file", "x"}}},
      {"/out", {}, "/somewhere", true}};
  const std::string folder = NewFolder();
  absl::StatusOr<std::vector<Volume>> volumes =
      MakeVolumes(spec, folder, folder);
  ASSERT_THAT(volumes, IsOk());
  ASSERT_EQ(volumes->size(), 3u);
  EXPECT_TRUE((*volumes)[0].own);
  EXPECT_TRUE(std::filesystem::is_directory((*volumes)[0].host_path));
  const std::string docker = (*volumes)[1].host_path;
  EXPECT_EQ(*ReadFile(docker + "/config.json"), "{}");
  EXPECT_EQ(*ReadFile(docker + "/deep/er/file"), "x");
  struct stat info;
  ASSERT_EQ(stat((docker + "/config.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  EXPECT_EQ((*volumes)[2].host_path, "/somewhere");
  EXPECT_TRUE((*volumes)[2].read_only);
  EXPECT_FALSE((*volumes)[2].own);
}

TEST(VolumesTest, MakesTheVolumesOfRunMounts) {
  ContainerSpec spec;
  spec.context_path = "/context";
  spec.mounts.resize(6);
  spec.mounts[0].path = "/context";
  spec.mounts[1].path = "/cache";
  spec.mounts[1].mode = 0711;
  spec.mounts[2].path = "/again";
  spec.mounts[2].same_as = "/cache";
  spec.mounts[3].path = "/memory";
  spec.mounts[3].in_memory = true;
  spec.mounts[3].size = 7;
  spec.mounts[4].path = "/src";
  spec.mounts[4].context_source = "d/x";
  spec.mounts[4].read_only = true;
  spec.mounts[5].path = "/all";
  spec.mounts[5].context_source = "";
  absl::StatusOr<std::vector<Volume>> volumes =
      MakeVolumes(spec, NewFolder(), NewFolder());
  ASSERT_THAT(volumes, IsOk());
  struct stat info;
  ASSERT_EQ(stat((*volumes)[1].host_path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0711u);
  EXPECT_EQ((*volumes)[2].host_path, (*volumes)[1].host_path);
  EXPECT_TRUE((*volumes)[3].in_memory);
  EXPECT_EQ((*volumes)[3].size, 7);
  EXPECT_EQ((*volumes)[3].host_path, "");
  EXPECT_EQ((*volumes)[4].host_path, (*volumes)[0].host_path + "/d/x");
  EXPECT_TRUE((*volumes)[4].read_only);
  EXPECT_EQ((*volumes)[5].host_path, (*volumes)[0].host_path + "/");
}

TEST(VolumesTest, MakesFoldersThatOutliveTheContainer) {
  const std::string kept = NewFolder() + "/new/cache";
  ContainerSpec spec;
  spec.mounts.resize(1);
  spec.mounts[0].path = "/c";
  spec.mounts[0].host_path = kept;
  spec.mounts[0].mode = 0700;
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(MakeVolumes(spec, NewFolder(), NewFolder()), IsOk());
    struct stat info;
    ASSERT_EQ(stat(kept.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0700u);
    EXPECT_EQ(std::filesystem::exists(kept + "/file"), i == 1);
    ASSERT_THAT(WriteVolumeFile(kept + "/file", "1", 0644), IsOk());
  }
}

TEST(VolumesTest, ASecretIsAFileInAFolderOfItsOwn) {
  const std::string secrets = NewFolder();
  ContainerSpec spec;
  spec.mounts.resize(1);
  ContainerMount& mount = spec.mounts[0];
  mount.path = "/run/secrets/a";
  mount.only_file = "value";
  mount.files = {{"value", "1\n", 0440}};
  mount.mode = 0440;
  const auto volumes = MakeVolumes(spec, NewFolder(), secrets);
  ASSERT_THAT(volumes, IsOk());
  EXPECT_EQ((*volumes)[0].host_path, secrets + "/0/value");
  struct stat info;
  ASSERT_EQ(stat((*volumes)[0].host_path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0440u);
  EXPECT_EQ(*ReadFile((*volumes)[0].host_path), "1\n");
}

TEST(VolumesTest, AViewHasEverythingButOurOwnFiles) {
  const std::string context = NewFolder();
  ASSERT_THAT(WriteVolumeFile(context + "/d/a", "1", 0644), IsOk());
  ASSERT_THAT(WriteVolumeFile(context + "/.b", "2", 0600), IsOk());
  ASSERT_THAT(WriteVolumeFile(context + "/.own/x", "3", 0644), IsOk());
  ASSERT_THAT(WriteVolumeFile(context + "/.c", "4", 0644), IsOk());
  std::filesystem::create_symlink("d", context + "/link");
  ASSERT_THAT(MakeView(context, ".own/view", {".own", ".c"}), IsOk());
  const std::string view = context + "/.own/view";
  EXPECT_EQ(*ReadFile(view + "/d/a"), "1");
  EXPECT_EQ(*ReadFile(view + "/.b"), "2");
  EXPECT_EQ(std::filesystem::read_symlink(view + "/link"), "d");
  EXPECT_FALSE(std::filesystem::exists(view + "/.own"));
  EXPECT_FALSE(std::filesystem::exists(view + "/.c"));
  EXPECT_EQ(std::filesystem::hard_link_count(view + "/d/a"), 2u);
}

TEST(VolumesTest, FindsWhereAPathIs) {
  const std::vector<Volume> volumes = {{"/kaniko", "/h/1"},
                                       {"/kaniko/out", "/h/2"}};
  EXPECT_THAT(HostPath(volumes, "/kaniko/out/x/y"), IsOkAndHolds("/h/2/x/y"));
  EXPECT_THAT(HostPath(volumes, "/kaniko/outer"), IsOkAndHolds("/h/1/outer"));
  EXPECT_THAT(HostPath(volumes, "/kaniko"), IsOkAndHolds("/h/1"));
  EXPECT_THAT(HostPath(volumes, "/kanikos/x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/kanikos/x is not below a mount of the container"));
}

TEST(VolumesTest, KeepsAFileWholeOrNotAtAll) {
  const std::string folder = NewFolder();
  ASSERT_THAT(WriteVolumeFile(folder + "/from", "new", 0644), IsOk());
  ASSERT_THAT(WriteVolumeFile(folder + "/to", "older", 0644), IsOk());
  EXPECT_THAT(KeepFile(folder + "/from", folder + "/to"), IsOk());
  EXPECT_EQ(*ReadFile(folder + "/to"), "new");
  EXPECT_THAT(KeepFile(folder + "/none", folder + "/to"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("cannot open `" + folder + "/none`")));
  EXPECT_THAT(KeepFile(folder, folder + "/to"), ::testing::Not(IsOk()));
  EXPECT_EQ(*ReadFile(folder + "/to"), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 2);
}

// `--output /dev/null`, or a link to where images are kept.
TEST(VolumesTest, KeepsLinksAndDevices) {
  const std::string folder = NewFolder();
  const std::string big(3'000'000, 'x');
  ASSERT_THAT(WriteVolumeFile(folder + "/from", big, 0644), IsOk());
  std::filesystem::create_symlink("target", folder + "/link");
  std::filesystem::create_symlink("/dev/null", folder + "/null");
  for (const char* name : {"/link", "/null"}) {
    EXPECT_THAT(KeepFile(folder + "/from", folder + name), IsOk());
    EXPECT_TRUE(std::filesystem::is_symlink(folder + name)) << name;
  }
  EXPECT_EQ(*ReadFile(folder + "/target"), big);
  EXPECT_TRUE(std::filesystem::is_character_file(folder + "/null"));
}

TEST(VolumesTest, AModeHoldsUnderAnyUmask) {
  const std::string path = NewFolder() + "/file";
  const mode_t before = umask(077);
  EXPECT_THAT(WriteVolumeFile(path, "x", 0666), IsOk());
  umask(before);
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0666u);
}

}  // namespace
}  // namespace ovenbird::build
