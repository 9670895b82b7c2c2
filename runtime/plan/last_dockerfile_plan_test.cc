#include "runtime/plan/last_dockerfile_plan.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/dockerfile_plan.h"
#include "runtime/plan/dockerfile_request.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::plan {
namespace {

constexpr char kExecutor[] = "gcr.io/kaniko-project/executor:v1.24.0";

class LastDockerfilePlanTest : public ::testing::Test {
 protected:
  DockerfileRequest Request(const SourceFile& file) const {
    DockerfileRequest request;
    request.key = "app";
    request.dockerfile = "Dockerfile";
    request.file = &file;
    request.kaniko.emplace().image = kExecutor;
    return request;
  }

  std::shared_ptr<const DockerfilePlan> Plan(const DockerfileRequest& request) {
    return last_.Plan(request, problems_);
  }

  const SourceFile file_{"Dockerfile", "FROM scratch\nCOPY a /a\n"};
  diag::Collector problems_;
  LastDockerfilePlan last_;
};

TEST_F(LastDockerfilePlanTest, ImagesThatAreBuiltAlikeShareAPlan) {
  DockerfileRequest request = Request(file_);
  const auto first = Plan(request);
  ASSERT_NE(first, nullptr);
  request.key = "other";
  EXPECT_EQ(Plan(request), first);
}

TEST_F(LastDockerfilePlanTest, EachInputCounts) {
  const context::Listing listing("");
  const SourceFile other("other/Dockerfile", file_.text());
  const std::vector<std::function<void(DockerfileRequest&)>> kChanges = {
      [](auto& request) { request.dockerfile = "./Dockerfile"; },
      [](auto& request) { request.entrypoint.cmd.emplace(); },
      [](auto& request) {
        request.build_args = {{"HTTP_PROXY", "p"}};
      },
      [&](auto& request) { request.file = &other; },
      [](auto& request) { request.kaniko.reset(); },
      [](auto& request) { request.kaniko->cache = false; },
      [](auto& request) { request.kaniko->mounts_in_context = {"a"}; },
      [](auto& request) { request.executor = kExecutor; },
      [](auto& request) { request.check_secrets = true; },
      [&](auto& request) { request.listing = &listing; },
      [](auto& request) { request.replaces_ignore_file = true; },
      [](auto& request) { request.platform = "linux/amd64"; },
      [](auto& request) { request.build_platform = "linux/amd64"; },
      [](auto& request) { request.rewrite = false; },
      [](auto& request) { request.secrets.emplace_back().secret.id = "a"; },
  };
  for (size_t i = 0; i < kChanges.size(); ++i) {
    const auto first = Plan(Request(file_));
    ASSERT_NE(first, nullptr);
    DockerfileRequest request = Request(file_);
    kChanges[i](request);
    EXPECT_NE(Plan(request), first) << i;
  }
}

TEST_F(LastDockerfilePlanTest, ProblemsAreReportedForEachImage) {
  DockerfileRequest request = Request(file_);
  request.build_args = {{"UNKNOWN", "1"}};
  Plan(request);
  EXPECT_EQ(problems_.warnings(), 1);
  Plan(request);
  EXPECT_EQ(problems_.warnings(), 2);
  request.target = "none";
  EXPECT_EQ(Plan(request), nullptr);
  EXPECT_EQ(Plan(request), nullptr);
  EXPECT_EQ(problems_.errors(), 2);
}

TEST_F(LastDockerfilePlanTest, BaseImagesCount) {
  const SourceFile file("Dockerfile", "FROM a\nWORKDIR w\n");
  BaseAnswer answer;
  answer.image = std::make_shared<const rewrite::BaseImage>();
  int asked = 0;
  DockerfileRequest request = Request(file);
  request.base_image = [&](const BaseQuestion& question) {
    ++asked;
    EXPECT_EQ(question.image, "a");
    return answer;
  };
  const auto first = Plan(request);
  ASSERT_NE(first, nullptr);
  ASSERT_GT(asked, 0);
  EXPECT_EQ(Plan(request), first);
  answer.image = std::make_shared<const rewrite::BaseImage>();
  const auto second = Plan(request);
  EXPECT_NE(second, first) << "its config may differ";
  EXPECT_EQ(Plan(request), second);
  request.base_image = nullptr;
  EXPECT_NE(Plan(request), second);
}

}  // namespace
}  // namespace ovenbird::plan
