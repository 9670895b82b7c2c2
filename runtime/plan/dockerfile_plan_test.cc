#include "runtime/plan/dockerfile_plan.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/dockerfile_request.h"
#include "runtime/plan/testing/plans_dockerfiles.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using DockerfilePlanTest = testing::PlansDockerfiles;

struct Case {
  const char* name;
  const char* text;
  const char* target;
  const char* bases;
  const char* registries;
  const char* sources;
};

class FindsTest : public DockerfilePlanTest,
                  public ::testing::WithParamInterface<Case> {};

TEST_P(FindsTest, WhatTheBuildNeeds) {
  options_.target = GetParam().target;
  build_args_ = {{"VERSION", "3"}};
  std::optional<DockerfilePlan> plan = Make(GetParam().text);
  ASSERT_TRUE(plan);
  EXPECT_EQ(absl::StrJoin(plan->bases, " ",
                          [](std::string* out, const auto& base) {
                            out->append(base.image);
                          }),
            GetParam().bases);
  EXPECT_EQ(absl::StrJoin(plan->registries, " "), GetParam().registries);
  EXPECT_EQ(absl::StrJoin(plan->sources, " ",
                          [](std::string* out, const auto& source) {
                            out->append(source.text);
                          }),
            GetParam().sources);
  EXPECT_EQ(plan->text, GetParam().text) << "it is sent as it is";
}

INSTANTIATE_TEST_SUITE_P(
    All, FindsTest,
    ::testing::Values(
        Case{"Scratch", "ARG VERSION\nFROM scratch\nCOPY a b /\n", "", "", "",
             "a b"},
        Case{"ArgInFrom", "ARG VERSION=1\nFROM r.io/base:$VERSION\n", "",
             "r.io/base:3", "r.io", ""},
        Case{"Registries",
             "ARG VERSION\nFROM alpine AS a\nFROM r.io:5000/x\n"
             "COPY --from=r.io:5000/y:1 /z /\nCOPY --from=a /etc /\n",
             "", "alpine r.io:5000/x r.io:5000/y:1", "docker.io r.io:5000", ""},
        Case{"OnlyUpToTheTarget",
             "ARG VERSION\nFROM a.io/a AS one\nCOPY 1 /\n"
             "FROM b.io/b AS two\nCOPY 2 /\nFROM c.io/c\nCOPY 3 /\n",
             "two", "a.io/a b.io/b", "a.io b.io", "1 2"}),
    [](const ::testing::TestParamInfo<Case>& info) { return info.param.name; });

// The pod gets credentials of these registries, and each RUN can read them.
TEST_F(DockerfilePlanTest, RegistriesOfUnusedStagesAreNotNeeded) {
  config::Kaniko kaniko;
  kaniko_ = &kaniko;
  executor_ = "gcr.io/kaniko-project/executor:v1.24.0";
  const std::optional<DockerfilePlan> plan = Make(
      "FROM unused.io/a AS unused\nRUN x\nFROM used.io/b AS used\nRUN y\n"
      "FROM last.io/c\nCOPY --from=used /y /y\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(absl::StrJoin(plan->registries, " "), "used.io last.io");
}

TEST_F(DockerfilePlanTest, StartsFromTheImageOfAnotherPlatform) {
  config::Kaniko kaniko;
  kaniko_ = &kaniko;
  executor_ = "gcr.io/kaniko-project/executor:v1.24.0";
  platform_ = "linux/amd64";
  std::vector<std::string> asked;
  base_image_ = [&](const BaseQuestion& question) {
    asked.push_back(absl::StrCat(question.image, " ", question.platform));
    BaseAnswer answer;
    rewrite::BaseImage image;
    image.digest = absl::StrCat("sha256:", std::string(64, '1'));
    image.is_of_index = true;
    answer.image = std::make_shared<const rewrite::BaseImage>(image);
    return answer;
  };
  const auto plan = Make(
      "FROM --platform=linux/arm64 a:3 AS b\nFROM c\nCOPY --from=b /a /a\n");
  ASSERT_TRUE(plan);
  ASSERT_NE(plan->rewritten, nullptr);
  const std::string image = absl::StrCat("a@sha256:", std::string(64, '1'));
  EXPECT_THAT(plan->rewritten->text,
              HasSubstr(absl::StrCat("FROM --platform=linux/arm64 ", image,
                                     " AS b\n")));
  EXPECT_EQ(asked[0], "a:3 linux/arm64");
  // Its config and files are asked for by the digest.
  for (const std::string& question : asked) {
    EXPECT_TRUE(question == asked[0] || question == "c linux/amd64" ||
                question == image + " linux/amd64")
        << question;
  }
}

TEST_F(DockerfilePlanTest, DevicesNeedARight) {
  config::Kaniko kaniko;
  kaniko_ = &kaniko;
  executor_ = "gcr.io/kaniko-project/executor:v1.24.0";
  constexpr char kMknod[] = "FROM a\nRUN mknod /null c 1 3\n";
  EXPECT_FALSE(Make("FROM a\nRUN mknod /pipe p\n").value().makes_devices);
  EXPECT_TRUE(Make(kMknod).value().makes_devices);
  EXPECT_THAT(Problems(), IsEmpty());
  auto& capabilities = kaniko.security_context.emplace().capabilities.emplace();
  Make(kMknod);
  EXPECT_THAT(Problems(), IsEmpty()) << "containers have the right by default";
  capabilities.drop = {"ALL"};
  Make(kMknod);
  EXPECT_THAT(Problems(), ElementsAre("kaniko-differs"));
  capabilities.add = {"MKNOD"};
  Make(kMknod);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(DockerfilePlanTest, ArgumentsThatNobodyDeclares) {
  build_args_ = {{"HTTP_PROXY", "x"}, {"VERSOIN", "1"}};
  ASSERT_TRUE(Make("FROM scratch\nARG VERSION\n"));
  EXPECT_THAT(Problems(), ElementsAre("build-arg-unused"));
  EXPECT_THAT(problems_.Sorted()[0].label, HasSubstr("VERSION"));
}

TEST_F(DockerfilePlanTest, UnknownTarget) {
  options_.target = "prodution";
  EXPECT_FALSE(Make("FROM scratch AS production\n"));
  EXPECT_THAT(Problems(), ElementsAre("unknown-target"));
}

// What the executor makes of a wrong flag does not matter.
TEST_F(DockerfilePlanTest, AWrongFlagHasOneMessage) {
  config::Kaniko kaniko;
  kaniko.image = "gcr.io/kaniko-project/executor:v1.24.0";
  kaniko_ = &kaniko;
  for (const char* line :
       {"ADD --checksum=abc https://h/a /", "ADD --checksum=sha256:1 a /",
        "RUN --mount=type=foo,target=/x y", "RUN --mount=type=cache,target=/ y",
        "RUN --mount=type=cache y"}) {
    Make(absl::StrCat("FROM scratch\n", line, "\n"));
    EXPECT_THAT(Problems(), ElementsAre("dockerfile-value")) << line;
  }
  Make("FROM scratch\nRUN --mount=type=foo --mount=type=ssh,required y\n");
  EXPECT_THAT(Problems(),
              ElementsAre("dockerfile-value", "kaniko-ignored-flag"));
}

TEST_F(DockerfilePlanTest, NoDockerfileAtAll) {
  EXPECT_FALSE(Make("hello\n"));
  EXPECT_TRUE(problems_.has_errors());
}

TEST_F(DockerfilePlanTest, TheNameInTheContext) {
  image_.dockerfile = "docker/app.Dockerfile";
  EXPECT_EQ(Make("FROM scratch\n").value().name, "app.Dockerfile");
}

TEST_F(DockerfilePlanTest, WithoutOptions) {
  file_.emplace("Dockerfile", "FROM scratch\n");
  DockerfileRequest request;
  SetImage(image_, request);
  request.file = &*file_;
  EXPECT_TRUE(PlanDockerfile(request, problems_));
  EXPECT_THAT(Problems(), IsEmpty());
}

// No registry in reach: another executor builds than the config names.
TEST_F(DockerfilePlanTest, FollowsTheExecutorThatRuns) {
  constexpr char kText[] = "FROM a\nARG ONE TWO\n";
  config::Kaniko kaniko;
  kaniko.image = "gcr.io/kaniko-project/executor:v0.19.0";
  kaniko_ = &kaniko;
  std::optional<DockerfilePlan> plan = Make(kText);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->text, "FROM a\nARG ONE\nARG TWO\n");
  EXPECT_EQ(plan->name, ".ovenbird/Dockerfile");
  executor_ = "gcr.io/kaniko-project/executor:v1.24.0";
  plan = Make(kText);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->text, kText);
  EXPECT_EQ(plan->name, "Dockerfile");
}

// Only where a rule asks for it: a relative WORKDIR needs the base's.
TEST_F(DockerfilePlanTest, SaysWhichBaseImageWasNotRead) {
  const config::Kaniko kaniko;
  kaniko_ = &kaniko;
  base_image_ = [](const BaseQuestion&) {
    return BaseAnswer{nullptr, absl::UnavailableError("no answer")};
  };
  ASSERT_TRUE(
      Make("FROM r.io/a\nENV A=1\nFROM r.io/b\nWORKDIR w\n"
           "FROM r.io/b\nWORKDIR w\n"));
  EXPECT_THAT(Problems(), ElementsAre("base-image-unread"));
  EXPECT_THAT(problems_.Sorted()[0].message, HasSubstr("`r.io/b`"));
  EXPECT_THAT(problems_.Sorted()[0].message, HasSubstr("no answer"));
}

// The names of a folder's files are part of the key of a cached layer.
TEST_F(DockerfilePlanTest, TheLayersOfCopyAreCachedOnRequest) {
  const context::Listing listing = rewrite::MakeListing({"d/", "d/f"});
  listing_ = &listing;
  executor_ = "gcr.io/kaniko-project/executor:v1.24.0";
  config::Kaniko kaniko;
  kaniko.cache = true;
  kaniko_ = &kaniko;
  const std::string text = "FROM scratch\nCOPY d /d\n";
  for (const auto& [arg, caches] :
       {std::pair("--cache-copy-layers", true),
        std::pair("--cache-copy-layers=true", true),
        std::pair("--cache-copy-layers=false", false),
        std::pair("--cache-copy-layers-not", false)}) {
    kaniko.args = {arg};
    const std::optional<DockerfilePlan> plan = Make(text);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->text != text, caches) << arg << "\n" << plan->text;
  }
}

}  // namespace
}  // namespace ovenbird::plan
