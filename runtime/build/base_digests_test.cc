#include "runtime/build/base_digests.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/plan/builder.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using registry::testing::RealRegistry;
using ::testing::_;

constexpr absl::Duration kPatience = absl::Seconds(60);

std::string Push(RealRegistry& registry, const std::string& path,
                 const std::string& label) {
  json::Value config;
  config.Set("Labels", json::Object{{"which", label}});
  return registry.PushImage(path, "1", {}, config);
}

class BaseDigestsTest : public ::testing::Test {
 protected:
  plan::ImagePlan& Add(const std::vector<std::string>& bases) {
    plan::ImagePlan& image =
        *plan_.images.emplace_back(std::make_unique<plan::ImagePlan>());
    image.spec.image = "r.io/app";
    for (const std::string& base : bases) {
      image.bases.push_back({base, std::nullopt});
    }
    return image;
  }
  // Of the first base of the first image.
  absl::StatusOr<std::string> First() {
    BaseDigests digests(plan_, config_, &cancel_);
    return digests.Get(*plan_.images[0], plan_.images[0]->bases[0], kPatience);
  }

  plan::Plan plan_;
  const registry::DockerConfig* config_ = nullptr;
  Cancellation cancel_;
};

TEST_F(BaseDigestsTest, OfEachImage) {
  RealRegistry registry;
  for (int image = 0; image < 3; ++image) {
    std::vector<std::string> bases;
    for (int i = 0; i < 12; ++i) {
      bases.push_back(absl::StrCat(registry.domain(), "/base", i, ":1"));
    }
    Add(bases);
  }
  std::vector<std::string> pushed;
  for (int i = 0; i < 12; ++i) {
    pushed.push_back(Push(registry, absl::StrCat("base", i), absl::StrCat(i)));
  }
  BaseDigests digests(plan_, nullptr, &cancel_);
  for (const auto& image : plan_.images) {
    for (size_t i = 0; i < image->bases.size(); ++i) {
      EXPECT_THAT(digests.Get(*image, image->bases[i], kPatience),
                  IsOkAndHolds(pushed[i]));
    }
  }
}

TEST_F(BaseDigestsTest, WhatIsNotThereOrNotReached) {
  RealRegistry registry;
  plan::ImagePlan& image = Add({absl::StrCat(registry.domain(), "/no/such:1"),
                                "127.0.0.1:1/base:1", "127.0.0.1:1/other:1"});
  BaseDigests digests(plan_, nullptr, &cancel_);
  EXPECT_THAT(digests.Get(image, image.bases[0], kPatience),
              StatusIs(absl::StatusCode::kNotFound, _));
  for (int i : {1, 2}) {
    EXPECT_THAT(digests.Get(image, image.bases[i], kPatience),
                StatusIs(absl::StatusCode::kUnavailable, _));
  }
}

TEST_F(BaseDigestsTest, WithTheLoginsOfTheBuild) {
  RealRegistry registry({.user = "john", .password = "doe"});
  Add({absl::StrCat(registry.domain(), "/base:1")});
  const std::string digest = Push(registry, "base", "one");
  EXPECT_THAT(First(), StatusIs(absl::StatusCode::kUnauthenticated, _));
  const registry::DockerConfig login = *registry::DockerConfig::Parse(
      absl::StrCat(R"({"auths":{")", registry.domain(),
                   R"(":{"username":"john","password":"doe"}}})"),
      "test");
  config_ = &login;
  EXPECT_THAT(First(), IsOkAndHolds(digest));
}

TEST_F(BaseDigestsTest, FirstAtTheMirrors) {
  RealRegistry empty;
  RealRegistry mirror;
  plan::ImagePlan& image = Add({"docker.io/library/alpine:1"});
  image.kaniko.Mutable().registry_mirrors = {empty.domain()};
  image.kaniko.Mutable().args = {
      absl::StrCat("--registry-mirror=", mirror.domain(), "/hub")};
  const std::string digest = Push(mirror, "hub/library/alpine", "one");
  EXPECT_THAT(First(), IsOkAndHolds(digest));
}

TEST_F(BaseDigestsTest, AnInsecureRegistry) {
  RealRegistry registry({.tls = true});
  const std::string digest = Push(registry, "base", "one");
  plan::ImagePlan& image = Add({absl::StrCat(registry.domain(), "/base:1")});
  EXPECT_THAT(First(), StatusIs(absl::StatusCode::kFailedPrecondition, _));
  image.kaniko.Mutable().args = {"--skip-tls-verify-pull"};
  EXPECT_THAT(First(), IsOkAndHolds(digest));
  image.kaniko.Mutable().args = {
      absl::StrCat("--skip-tls-verify-registry=", registry.domain())};
  EXPECT_THAT(First(), IsOkAndHolds(digest));
  image.kaniko.Mutable().args.clear();
  image.kaniko.Mutable().insecure =
      true;  // Of the registry of the image alone.
  EXPECT_THAT(First(), StatusIs(absl::StatusCode::kFailedPrecondition, _));
  image.spec.image = absl::StrCat(registry.domain(), "/app");
  EXPECT_THAT(First(), IsOkAndHolds(digest));
}

TEST_F(BaseDigestsTest, DockerAsksWhenItIsToPull) {
  plan::ImagePlan image;
  EXPECT_TRUE(TakesWhatRegistryHas(image));
  image.builder = plan::Builder::kCustom;
  EXPECT_FALSE(TakesWhatRegistryHas(image));
  image.builder = plan::Builder::kDocker;
  EXPECT_FALSE(TakesWhatRegistryHas(image));
  image.docker.Mutable().args = {"--pull"};
  EXPECT_TRUE(TakesWhatRegistryHas(image));
}

TEST_F(BaseDigestsTest, EndsWithTheRun) {
  Add({"127.0.0.1:1/base:1"});
  cancel_.Cancel();
  EXPECT_THAT(First(), StatusIs(absl::StatusCode::kCancelled, _));
}

}  // namespace
}  // namespace ovenbird::build
