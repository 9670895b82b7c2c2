#include "runtime/plan/pulled_images.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;

const char kDigest[] =
    "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

std::unique_ptr<ImagePlan> Image(const std::string& key,
                                 std::vector<NamedImage> named) {
  auto image = std::make_unique<ImagePlan>();
  image->key = key;
  image->kaniko.Mutable().image = "r.io/kaniko:v1.24.0";
  image->kaniko.Mutable().init_image = "alpine:3.20.3";
  image->spec.kaniko = &*image->kaniko;
  image->spec.image = absl::StrCat("r.io/", key);
  image->spec.tags = {"v1"};
  image->named_images = std::move(named);
  return image;
}

// "NAME: REASON of KEY, ...", with "(built by KEY)".
std::vector<std::string> Found(const Plan& plan) {
  std::vector<std::string> lines;
  for (const PulledImage& image : PulledImages(plan)) {
    std::string& line = lines.emplace_back(absl::StrCat(image.name, ":"));
    for (const PulledFor& reason : image.reasons) {
      absl::StrAppend(&line, " ", ToString(reason.reason), " of ", reason.key);
    }
    if (!image.digest.empty()) absl::StrAppend(&line, " by digest");
    if (!image.built_by.empty()) {
      absl::StrAppend(&line, " (built by ", image.built_by, ")");
    }
  }
  return lines;
}

TEST(PulledImagesTest, EachOnceWithAllReasons) {
  Plan plan;
  plan.images.push_back(Image("app", {{"alpine", true},
                                      {"docker.io/library/alpine:3.20.3", true},
                                      {"r.io/web:v1", false}}));
  plan.images.push_back(
      Image("web", {{absl::StrCat("alpine@", kDigest), true}, {"a b", true}}));
  EXPECT_THAT(Found(plan),
              ElementsAre("r.io/kaniko:v1.24.0: executor of app executor of "
                          "web",
                          "docker.io/library/alpine:3.20.3: init image of app "
                          "init image of web base image of app",
                          "docker.io/library/alpine:latest: base image of app",
                          "r.io/web:v1: copied from of app (built by web)",
                          absl::StrCat("docker.io/library/alpine@", kDigest,
                                       ": base image of web by digest")));
}

TEST(PulledImagesTest, EachPlatformHasItsBases) {
  Plan plan;
  plan.images.push_back(Image("app", {}));
  for (const char* base : {"a.io/amd64:1", "a.io/arm64:1", "a.io/arm64:1"}) {
    plan.images[0]->platforms.push_back(Image("app", {{base, true}}));
  }
  EXPECT_THAT(Found(plan), ElementsAre("r.io/kaniko:v1.24.0: executor of app",
                                       "docker.io/library/alpine:3.20.3: init "
                                       "image of app",
                                       "a.io/amd64:1: base image of app",
                                       "a.io/arm64:1: base image of app"));
}

TEST(PulledImagesTest, OtherBuildersPullOnlyWhatDockerfilesName) {
  Plan plan;
  plan.images.push_back(Image("own", {}));
  plan.images[0]->builder = Builder::kCustom;
  plan.images.push_back(Image("app", {{"a.io/b:1", true}}));
  plan.images[1]->builder = Builder::kDocker;
  EXPECT_THAT(Found(plan), ElementsAre("a.io/b:1: base image of app"));
}

}  // namespace
}  // namespace ovenbird::plan
