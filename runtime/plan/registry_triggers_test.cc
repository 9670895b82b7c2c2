#include "runtime/plan/registry_triggers.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/dockerfile_plan.h"
#include "runtime/plan/testing/plans_dockerfiles.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using RegistryTriggersTest = testing::PlansDockerfiles;

TEST_F(RegistryTriggersTest, OnbuildOfAnImageNeedsAStage) {
  config::Kaniko kaniko;
  kaniko_ = &kaniko;
  executor_ = "gcr.io/kaniko-project/executor:v1.24.0";
  base_image_ = [](const BaseQuestion& question) {
    auto base = std::make_shared<rewrite::BaseImage>();
    if (question.image == "b") base->onbuild = {"COPY --from=tools /t /t"};
    BaseAnswer answer;
    answer.image = std::move(base);
    return answer;
  };
  constexpr char kNeeded[] = "FROM a AS tools\nRUN x\nFROM b\nRUN y\n";
  const std::optional<DockerfilePlan> plan = Make(kNeeded);
  ASSERT_TRUE(plan) << absl::StrJoin(Problems(), " ");
  EXPECT_EQ(plan->rewritten, nullptr) << "both stages are sent";
}

TEST_F(RegistryTriggersTest, OnbuildOfAnImageMountsSecrets) {
  config::Kaniko kaniko;
  kaniko_ = &kaniko;
  executor_ = "gcr.io/kaniko-project/executor:v1.24.0";
  base_image_ = [](const BaseQuestion&) {
    auto base = std::make_shared<rewrite::BaseImage>();
    base->onbuild = {"ENV A=1", "RUN --mount=type=secret,id=a,required x",
                     "RUN --mount=type=secret,id=b,required x"};
    BaseAnswer answer;
    answer.image = std::move(base);
    return answer;
  };
  const SourceFile config("devspace.yaml", "acn");
  for (uint32_t i = 0; i < 3; ++i) {
    secrets_.emplace_back();
    secrets_.back().secret.id = config.text()[i];
    secrets_.back().span = {&config, i, i + 1};
  }
  Make("FROM base\nRUN --mount=type=secret,id=c x\n");
  EXPECT_THAT(Problems(),
              ElementsAre("secret-missing", "kaniko-differs", "secret-unused"));
  EXPECT_THAT(problems_.Sorted()[0].message, HasSubstr("`b`"));
  EXPECT_EQ(problems_.Sorted()[0].span.begin, 5u) << "at the base image";
  EXPECT_THAT(problems_.Sorted()[2].message, HasSubstr("`n`"));
}

TEST_F(RegistryTriggersTest, OnbuildOfTheBaseDeclaresArguments) {
  build_args_ = {{"NODE_ENV", "x"}, {"VERSION", "1"}};
  onbuild_ = [](absl::string_view) {
    return std::vector<std::string>{"ARG NODE_ENV", "RUN x"};
  };
  ASSERT_TRUE(Make("FROM node:onbuild\n"));
  ASSERT_THAT(Problems(), ElementsAre("build-arg-unused"));
  EXPECT_THAT(problems_.Sorted()[0].message, HasSubstr("`VERSION`"));
}

}  // namespace
}  // namespace ovenbird::plan
