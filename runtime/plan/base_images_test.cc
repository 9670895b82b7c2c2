#include "runtime/plan/base_images.h"

#include <stdlib.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/subprocess.h"
#include "runtime/registry/client.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::plan {
namespace {

using ::ovenbird::testing::IsOk;
using registry::testing::RealRegistry;
using rewrite::BaseImage;
using ::testing::ElementsAre;
using ::testing::Pair;

std::string Layer() {
  Subprocess process;
  process.argv = {"sh", "-ec",
                  "d=$(mktemp -d); cd $d; mkdir -p etc srv; chmod 700 srv;"
                  "echo app:x:5:6::/: > etc/passwd; tar -czf - *"};
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  EXPECT_THAT(result, IsOk());
  return result.ok() ? result->out : "";
}

json::Value Config() {
  json::Value config;
  config.Set("Env", json::Array{"PATH=/bin", "A=b=c"});
  config.Set("User", "app");
  config.Set("WorkingDir", "/srv");
  config.Set("Shell", json::Array{"/bin/ash", "-c"});
  config.Set("OnBuild", json::Array{"ARG WHO"});
  return config;
}

class BaseImagesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = absl::StrCat(::testing::TempDir(), "/basesXXXXXX");
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    cache_ = pattern;
  }

  std::shared_ptr<const BaseImage> Find(const std::string& image, bool files) {
    BaseImages images(config_, cache_, &cancel_);
    return Find(images, image, files);
  }
  std::shared_ptr<const BaseImage> Find(BaseImages& images,
                                        const std::string& image, bool files,
                                        const std::string& platform = "") {
    BaseQuestion question;
    question.image = image;
    question.platform = platform;
    question.kaniko = &kaniko_;
    question.own_image = "r.io/app";
    question.files = files;
    BaseAnswer answer = images.Find(question);
    problem_ = answer.problem;
    return std::move(answer.image);
  }

  std::string cache_;
  config::Kaniko kaniko_;
  const registry::DockerConfig* config_ = nullptr;
  absl::Status problem_;  // of the last question
  Cancellation cancel_;
};

TEST_F(BaseImagesTest, ReadsTheConfigAndTheFiles) {
  RealRegistry registry;
  registry.PushImage("base", "1", {Layer()}, Config());
  const std::string name = absl::StrCat(registry.domain(), "/base:1");
  // The second time from the cache.
  for (int i = 0; i < 2; ++i) {
    const auto config = Find(name, false);
    ASSERT_NE(config, nullptr);
    EXPECT_THAT(config->env,
                ElementsAre(Pair("PATH", "/bin"), Pair("A", "b=c")));
    EXPECT_EQ(config->user, "app");
    EXPECT_EQ(config->working_dir, "/srv");
    EXPECT_THAT(config->shell, ElementsAre("/bin/ash", "-c"));
    EXPECT_THAT(config->onbuild, ElementsAre("ARG WHO"));
    EXPECT_EQ(config->files, nullptr);
    const auto whole = Find(name, true);
    ASSERT_NE(whole, nullptr);
    ASSERT_NE(whole->files, nullptr);
    EXPECT_EQ(whole->files->passwd, "app:x:5:6::/:\n");
    ASSERT_NE(whole->files->Find("/srv"), nullptr);
    EXPECT_EQ(whole->files->Find("/srv")->mode, 0700);
  }
}

TEST_F(BaseImagesTest, KnowsTheImagesOfAnIndex) {
  RealRegistry registry;
  registry.PushImage("base", "1", {}, Config());
  registry::Client client(registry.domain(), {});
  const std::string one = client.Head("base", "1")->digest;
  registry.PushIndex("base", "many", {{{"linux", "arm64", ""}, one}});

  BaseImages images(config_, cache_, &cancel_);
  const std::string name = registry.domain() + "/base:";
  for (const char* asked : {"linux/amd64", "linux/arm64"}) {
    const auto single = Find(images, name + "1", false, asked);
    ASSERT_NE(single, nullptr);
    EXPECT_FALSE(single->is_of_index);
    EXPECT_EQ(single->digest, one);
  }
  // The second time from the cache.
  for (int i = 0; i < 2; ++i) {
    BaseImages again(config_, cache_, &cancel_);
    const auto arm64 = Find(again, name + "many", false, "linux/arm64");
    ASSERT_NE(arm64, nullptr);
    EXPECT_TRUE(arm64->is_of_index);
    EXPECT_EQ(arm64->digest, one);
  }
  EXPECT_EQ(Find(images, name + "many", false, "linux/amd64"), nullptr);
}

TEST_F(BaseImagesTest, SeesThatATagHasMoved) {
  RealRegistry registry;
  const std::string name = absl::StrCat(registry.domain(), "/base:1");
  json::Value config = Config();
  registry.PushImage("base", "1", {}, config);
  EXPECT_EQ(Find(name, false)->user, "app");
  config.Set("User", "other");
  registry.PushImage("base", "1", {}, config);
  EXPECT_EQ(Find(name, false)->user, "other");
}

TEST_F(BaseImagesTest, AsksTheMirrorsOfEachBuild) {
  RealRegistry one, two, three;
  BaseImages images(nullptr, cache_, &cancel_);
  json::Value config = Config();
  for (const auto& [registry, user] :
       {std::pair(&one, "1"), std::pair(&two, "2"), std::pair(&three, "3")}) {
    config.Set("User", user);
    registry->PushImage("library/base", "1", {}, config);
  }
  kaniko_.registry_mirrors = {one.domain()};
  EXPECT_EQ(Find(images, "base:1", false)->user, "1");
  kaniko_.registry_mirrors = {two.domain(), one.domain()};
  EXPECT_EQ(Find(images, "base:1", false)->user, "2");
  kaniko_.registry_mirrors.clear();
  kaniko_.args = {absl::StrCat("--registry-mirror=", three.domain())};
  EXPECT_EQ(Find(images, "base:1", false)->user, "3");
}

TEST_F(BaseImagesTest, NotKnown) {
  RealRegistry registry({.user = "john", .password = "doe"});
  registry.PushImage("base", "1", {Layer()}, Config());
  BaseImages images(nullptr, cache_, &cancel_);
  for (const std::string& name :
       {absl::StrCat(registry.domain(), "/base:1"),
        absl::StrCat(registry.domain(), "/none:1"),
        std::string("127.0.0.1:1/base"), std::string("not a name")}) {
    EXPECT_EQ(Find(images, name, true), nullptr) << name;
    EXPECT_NE(problem_.message(), "") << name;
  }
}

TEST_F(BaseImagesTest, WithCredentialsAndWithoutACache) {
  RealRegistry registry({.user = "john", .password = "doe"});
  registry.PushImage("base", "1", {Layer()}, Config());
  const registry::DockerConfig login = *registry::DockerConfig::Parse(
      absl::StrCat(R"({"auths":{")", registry.domain(),
                   R"(":{"username":"john","password":"doe"}}})"),
      "test");
  config_ = &login;
  cache_ = "";
  const auto found = Find(absl::StrCat(registry.domain(), "/base:1"), true);
  ASSERT_NE(found, nullptr);
  EXPECT_NE(found->files, nullptr);
}

TEST_F(BaseImagesTest, NoFilesOfABigImage) {
  RealRegistry registry;
  std::string big(size_t{33} << 20, 'x');
  registry.PushImage("base", "1", {big, big + "y"}, Config());
  const auto found = Find(absl::StrCat(registry.domain(), "/base:1"), true);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->files, nullptr);
}

TEST_F(BaseImagesTest, EndsWithTheRun) {
  RealRegistry registry;
  registry.PushImage("base", "1", {Layer()}, Config());
  cancel_.Cancel();
  EXPECT_EQ(Find(absl::StrCat(registry.domain(), "/base:1"), true), nullptr);
}

}  // namespace
}  // namespace ovenbird::plan
