#include "runtime/kube/secret_volumes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/objects.h"

namespace ovenbird::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Two of this machine, and between them one of the cluster.
std::vector<BuildSecret> Secrets() {
  std::vector<BuildSecret> secrets(3);
  secrets[0].id = "a";
  secrets[0].env = "A";
  secrets[0].value = "1";
  secrets[1].id = "b/c";
  secrets[1].secret_name = "git";
  secrets[1].secret_key = "token";
  secrets[2].id = "d";
  secrets[2].file = "/d";
  secrets[2].value = "2\n";
  return secrets;
}

// "VOLUME SECRET KEY=PATH ...".
std::vector<std::string> Shown(const std::vector<Volume>& volumes) {
  std::vector<std::string> shown;
  for (const Volume& volume : volumes) {
    std::string& text = shown.emplace_back(
        absl::StrCat(*volume.name, " ", *volume.secret->secret_name));
    for (const KeyToPath& item : volume.secret->items) {
      absl::StrAppend(&text, " ", *item.key, "=", *item.path);
    }
  }
  return shown;
}

TEST(SecretVolumesTest, TheOwnSecretHasWhatIsOfThisMachine) {
  EXPECT_THAT(
      SecretData(Secrets()),
      ElementsAre(Pair("build-secret-0", "1"), Pair("build-secret-2", "2\n")));
}

TEST(SecretVolumesTest, AVolumeForEachSecretOfTheCluster) {
  EXPECT_THAT(Shown(SecretVolumes(Secrets(), "own")),
              ElementsAre("build-secret-1 git token=build-secret-1",
                          "build-secrets own build-secret-0=build-secret-0 "
                          "build-secret-2=build-secret-2"));
}

TEST(SecretVolumesTest, TheInitContainerFindsEach) {
  EXPECT_THAT(
      SecretFiles(Secrets()),
      ElementsAre(Pair("a", "/build-secrets/build-secrets/build-secret-0"),
                  Pair("b/c", "/build-secrets/build-secret-1/build-secret-1"),
                  Pair("d", "/build-secrets/build-secrets/build-secret-2")));
  std::vector<std::string> paths;
  for (const VolumeMount& mount : SecretMounts(Secrets())) {
    EXPECT_EQ(mount.read_only, true);
    paths.push_back(absl::StrCat(*mount.name, " ", *mount.mount_path));
  }
  EXPECT_THAT(paths, ElementsAre("build-secret-1 /build-secrets/build-secret-1",
                                 "build-secrets /build-secrets/build-secrets"));
}

TEST(SecretVolumesTest, WithoutSecretsThereIsNothing) {
  EXPECT_THAT(SecretData({}), IsEmpty());
  EXPECT_THAT(SecretVolumes({}, "own"), IsEmpty());
  EXPECT_THAT(SecretMounts({}), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::kube
