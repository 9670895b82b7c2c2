#include "runtime/build/local/local_engine.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/format_text.h"
#include "runtime/config/config.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/run_mount.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class LocalContainerTest : public ::testing::Test {
 protected:
  LocalContainerTest() {
    spec_.key = "app";
    spec_.build_id = "0123456789";
    spec_.image = spec_.cache_repo = "registry.example.com/app";
    spec_.tags = {"v1"};
    spec_.kaniko = &kaniko_;
  }

  void AddSecret(const std::string& id, const std::string& value) {
    spec_.secrets.emplace_back();
    spec_.secrets.back().id = id;
    spec_.secrets.back().value = value;
  }

  void AddMount(const std::string& secret, const std::string& target) {
    kube::RunMount& mount = spec_.run_mounts.emplace_back();
    mount.kind = kube::RunMount::kSecret;
    mount.id = secret;
    mount.target = target;
    mount.mode = 0440;
    mount.user = 7;
    mount.group = 8;
  }

  config::Kaniko kaniko_;
  kube::BuildSpec spec_;
};

// "PATH FILE=CONTENT MODE USER:GROUP", and "ro" if it is read-only.
std::string Shown(const ContainerMount& mount) {
  std::vector<std::string> parts = {mount.path};
  for (const ContainerFile& file : mount.files) {
    parts.push_back(absl::StrCat(file.path, "=", file.content));
  }
  if (mount.mode) parts.push_back(FormatText("%04o", *mount.mode));
  if (mount.user != 0 || mount.group != 0) {
    parts.push_back(absl::StrCat(mount.user, ":", mount.group));
  }
  if (mount.read_only) parts.push_back("ro");
  return absl::StrJoin(parts, " ");
}

std::vector<std::string> Shown(const ContainerSpec& container) {
  std::vector<std::string> mounts;
  for (const ContainerMount& mount : container.mounts) {
    mounts.push_back(Shown(mount));
  }
  return mounts;
}

TEST_F(LocalContainerTest, MountsTheValuesOfSecretsAsFiles) {
  AddSecret("token", "s3cr3t");
  AddSecret("other", "");
  AddMount("token", "/run/secrets/token");
  AddMount("other", "/o");
  const absl::StatusOr<ContainerSpec> container = LocalContainer(spec_);
  ASSERT_THAT(container, IsOk());
  EXPECT_THAT(
      Shown(*container),
      ElementsAre("/context", "/run/secrets/token value=s3cr3t 0440 7:8 ro",
                  "/o value= 0440 7:8 ro"));
  EXPECT_EQ(container->mounts[1].only_file, "value");
  EXPECT_THAT(container->args, Each(Not(HasSubstr("s3cr3t"))));
  for (const auto& [name, value] : container->env) {
    EXPECT_THAT(value, Not(HasSubstr("s3cr3t"))) << name;
  }
}

// They are in the Secret of the build, next to its credentials.
TEST_F(LocalContainerTest, CredentialsDoNotContainSecrets) {
  spec_.docker_config = R"({"auths":{}})";
  AddSecret("token", "s3cr3t");
  AddMount("token", "/t");
  const absl::StatusOr<ContainerSpec> container = LocalContainer(spec_);
  ASSERT_THAT(container, IsOk());
  EXPECT_THAT(
      Shown(*container),
      ElementsAre(AllOf(HasSubstr("/kaniko/.docker "),
                        HasSubstr(R"({"auths":{}})"), Not(HasSubstr("s3cr3t"))),
                  "/context", "/t value=s3cr3t 0440 7:8 ro"));
}

TEST_F(LocalContainerTest, HasNoSecretsOfTheCluster) {
  AddSecret("token", "");
  spec_.secrets[0].secret_name = "ci-token";
  spec_.secrets[0].secret_key = "token";
  AddMount("token", "/t");
  EXPECT_THAT(LocalContainer(spec_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("Secret `ci-token`"),
                             HasSubstr("--secret id=token,src=FILE"))));
}

}  // namespace
}  // namespace ovenbird::build
