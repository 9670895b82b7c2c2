#include "runtime/plan/context_plan.h"

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/assemble.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/plan/dockerfile_plan.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::plan {
namespace {

class ContextPlanTest : public ::testing::Test {
 protected:
  ContextPlanTest() {
    Write("a", "1\n");
    Write("b", "2\n");
    request_ = {"app", Open(), absl::StrCat(root_, "/Dockerfile"), PlanOf("a")};
  }

  void Write(const std::string& name, const std::string& text) {
    ASSERT_THAT(WriteFile(absl::StrCat(root_, "/", name), text),
                testing::IsOk());
  }

  std::shared_ptr<const context::Folder> Open() {
    absl::StatusOr<context::Folder> folder =
        context::OpenFolder(root_, "Dockerfile", problems_);
    EXPECT_THAT(folder, testing::IsOk());
    return std::make_shared<const context::Folder>(*std::move(folder));
  }

  // The plan of a Dockerfile that copies one file.
  static std::shared_ptr<const DockerfilePlan> PlanOf(const std::string& file) {
    DockerfilePlan plan;
    plan.name = "Dockerfile";
    plan.text = absl::StrCat("FROM scratch\nCOPY ", file, " /\n");
    dockerfile::Source& source = plan.sources.emplace_back();
    source.kind = dockerfile::Source::kPath;
    source.text = file;
    source.required = true;
    return std::make_shared<const DockerfilePlan>(std::move(plan));
  }

  std::shared_ptr<const ContextPlan> Plan() {
    auto plan = planner_.Plan(request_, problems_);
    EXPECT_THAT(plan, testing::IsOk());
    return plan.ok() ? *plan : nullptr;
  }

  const std::string root_ = testing::NewFolder();
  diag::Collector problems_;
  ContextRequest request_;
  ContextPlanner planner_{{}};
};

TEST_F(ContextPlanTest, ImagesThatAreBuiltAlikeShareAPlan) {
  const auto first = Plan();
  ASSERT_NE(first, nullptr);
  ASSERT_EQ(first->sent.listing.size(), 1u);
  EXPECT_EQ(first->sent.listing.Path(0), "a");
  EXPECT_NE(first->content, kNotRead);
  request_.key = "other";
  EXPECT_EQ(Plan(), first);
}

TEST_F(ContextPlanTest, AnotherDockerfileOrFolderHasAnother) {
  const auto first = Plan();
  ASSERT_NE(first, nullptr);
  request_.plan = PlanOf("b");
  const auto second = Plan();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->sent.listing.Path(0), "b");
  EXPECT_NE(second->content, first->content);
  request_.for_docker = true;
  const auto third = Plan();
  EXPECT_NE(third, second);
  Write("b", "three\n");
  request_.folder = Open();
  const auto fourth = Plan();
  ASSERT_NE(fourth, nullptr);
  EXPECT_NE(fourth->content, third->content);
  request_.dockerfile = absl::StrCat(root_, "/b");
  EXPECT_NE(Plan(), fourth) << "its own ignore file may differ";
}

TEST_F(ContextPlanTest, MissingSourcesAreReportedForEachImage) {
  request_.plan = PlanOf("c");
  Plan();
  EXPECT_EQ(problems_.errors(), 1);
  Plan();
  EXPECT_EQ(problems_.errors(), 2);
}

TEST_F(ContextPlanTest, WithoutReadingThereIsNoFingerprint) {
  ContextOptions options;
  options.reads_files = false;
  ContextPlanner planner(options);
  const auto made = planner.Plan(request_, problems_);
  ASSERT_THAT(made, testing::IsOk());
  const std::shared_ptr<const ContextPlan>& plan = *made;
  EXPECT_EQ(plan->content, kNotRead);
  EXPECT_EQ(plan->records.size(), 0u);
}

}  // namespace
}  // namespace ovenbird::plan
