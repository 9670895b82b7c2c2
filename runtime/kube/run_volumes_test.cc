#include "runtime/kube/run_volumes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/kube/run_mount.h"

namespace ovenbird::kube {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RunMount Mount(RunMount::Kind kind, const std::string& target,
               const std::string& name = "") {
  RunMount mount;
  mount.kind = kind;
  mount.target = target;
  (kind == RunMount::kContext ? mount.source : mount.id) = name;
  return mount;
}

std::vector<RunMount> Mounts() {
  std::vector<RunMount> mounts = {
      Mount(RunMount::kCache, "/a", "one"),
      Mount(RunMount::kCache, "/b", "two"),
      Mount(RunMount::kMemory, "/c"),
      Mount(RunMount::kCache, "/d", "one"),
      Mount(RunMount::kContext, "/e", "src/x"),
      Mount(RunMount::kMemory, "/f"),
  };
  mounts[1].mode = 0700;
  mounts[1].user = 7;
  mounts[1].group = 8;
  mounts[2].size = 1024;
  return mounts;
}

std::vector<std::string> Shown(const std::vector<VolumeMount>& mounts) {
  std::vector<std::string> shown;
  for (const VolumeMount& mount : mounts) {
    shown.push_back(absl::StrCat(*mount.name, " -> ", *mount.mount_path,
                                 mount.sub_path ? " " : "",
                                 mount.sub_path.value_or(""),
                                 mount.read_only.value_or(false) ? " ro" : ""));
  }
  return shown;
}

TEST(RunVolumesTest, AVolumeForEachSetOfFiles) {
  std::vector<std::string> shown;
  for (const Volume& volume : RunVolumes(Mounts())) {
    shown.push_back(absl::StrCat(*volume.name, " ",
                                 volume.empty_dir->medium.value_or("disk"), " ",
                                 volume.empty_dir->size_limit.value_or("all")));
  }
  EXPECT_THAT(shown,
              ElementsAre("run-mount-0 disk all", "run-mount-1 disk all",
                          "run-mount-2 Memory 1024", "run-mount-5 Memory all"));
}

TEST(RunVolumesTest, MountsOfTheExecutor) {
  EXPECT_THAT(Shown(RunVolumeMounts(Mounts(), "context")),
              ElementsAre("run-mount-0 -> /a", "run-mount-1 -> /b",
                          "run-mount-2 -> /c", "run-mount-0 -> /d",
                          "context -> /e src/x ro", "run-mount-5 -> /f"));
  EXPECT_THAT(Shown(RunVolumeMounts({Mount(RunMount::kContext, "/e")}, "c")),
              ElementsAre("c -> /e .ovenbird/view ro"));
}

TEST(RunVolumesTest, AClaimHasAFolderForEachCache) {
  std::vector<RunMount> mounts = {Mount(RunMount::kCache, "/a", "npm"),
                                  Mount(RunMount::kCache, "/b", "/b.x"),
                                  Mount(RunMount::kCache, "/c", "npm")};
  for (RunMount& mount : mounts) mount.claim = "pvc";
  const std::vector<Volume> volumes = RunVolumes(mounts);
  ASSERT_EQ(volumes.size(), 2u);
  EXPECT_EQ(volumes[0].persistent_volume_claim->claim_name, "pvc");
  EXPECT_FALSE(volumes[0].empty_dir.has_value());
  const std::vector<std::string> shown = Shown(RunVolumeMounts(mounts, "c"));
  EXPECT_THAT(shown, ElementsAre("run-mount-0 -> /a npm-d7967718",
                                 "run-mount-1 -> /b -b-x-4e88d75c",
                                 "run-mount-0 -> /c npm-d7967718"));
  EXPECT_THAT(Shown(RunVolumesInInit(mounts)),
              ElementsAre("run-mount-0 -> /run-mounts/0 npm-d7967718",
                          "run-mount-1 -> /run-mounts/1 -b-x-4e88d75c"));
}

TEST(RunVolumesTest, TheInitContainerSetsModesAndOwners) {
  EXPECT_THAT(Shown(RunVolumesInInit(Mounts())),
              ElementsAre("run-mount-0 -> /run-mounts/0",
                          "run-mount-1 -> /run-mounts/1",
                          "run-mount-2 -> /run-mounts/2",
                          "run-mount-5 -> /run-mounts/5"));
  EXPECT_EQ(PrepareRunVolumes(Mounts(), {}),
            "chmod 755 /run-mounts/0 || exit\n"
            "chown 7:8 /run-mounts/1 || exit\n"
            "chmod 700 /run-mounts/1 || exit\n"
            "chmod 1777 /run-mounts/2 || exit\n"
            "chmod 1777 /run-mounts/5 || exit\n");
}

TEST(RunVolumesTest, ASecretIsAFileInMemory) {
  std::vector<RunMount> mounts = {Mount(RunMount::kSecret, "/run/secrets/a"),
                                  Mount(RunMount::kSecret, "/b")};
  mounts[0].id = "a";
  mounts[0].mode = 0400;
  mounts[1].id = "a";
  mounts[1].mode = 0440;
  mounts[1].user = 7;
  const std::vector<Volume> volumes = RunVolumes(mounts);
  ASSERT_EQ(volumes.size(), 2u);
  EXPECT_EQ(volumes[0].empty_dir->medium, "Memory");
  EXPECT_EQ(volumes[0].empty_dir->size_limit, std::nullopt);
  EXPECT_THAT(Shown(RunVolumeMounts(mounts, "context")),
              ElementsAre("run-mount-0 -> /run/secrets/a value ro",
                          "run-mount-1 -> /b value ro"));
  EXPECT_EQ(PrepareRunVolumes(mounts, {{"a", "/s/a"}}),
            "cat /s/a >/run-mounts/0/value || exit\n"
            "chmod 400 /run-mounts/0/value || exit\n"
            "cat /s/a >/run-mounts/1/value || exit\n"
            "chown 7:0 /run-mounts/1/value || exit\n"
            "chmod 440 /run-mounts/1/value || exit\n");
}

TEST(RunVolumesTest, OnlyTheWholeContextNeedsAView) {
  EXPECT_THAT(MakeContextView(Mounts()), IsEmpty());
  RunMount all = Mount(RunMount::kContext, "/e");
  EXPECT_THAT(MakeContextView({all}),
              AllOf(HasSubstr("in .ovenbird) continue"),
                    HasSubstr("cp -al \"$name\" .ovenbird/view/")));
  all.hides_ignore_file = true;
  EXPECT_THAT(MakeContextView({all}),
              HasSubstr("in .ovenbird | .dockerignore) continue"));
}

TEST(RunVolumesTest, WithoutMountsThereIsNothing) {
  EXPECT_THAT(RunVolumes({}), IsEmpty());
  EXPECT_THAT(RunVolumeMounts({}, "context"), IsEmpty());
  EXPECT_THAT(RunVolumesInInit({}), IsEmpty());
  EXPECT_THAT(PrepareRunVolumes({}, {}), IsEmpty());
  EXPECT_THAT(MakeContextView({}), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::kube
