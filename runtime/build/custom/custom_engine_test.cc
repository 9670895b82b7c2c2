#include "runtime/build/custom/custom_engine.h"

#include <sys/stat.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Lines : public Observer {
 public:
  void Step(absl::string_view) override {}
  void Log(absl::string_view line) override { lines.emplace_back(line); }
  void Warn(absl::string_view) override {}
  std::vector<std::string> lines;
};

plan::ImagePlan PlanOf(std::string command) {
  plan::ImagePlan plan;
  plan.builder = plan::Builder::kCustom;
  plan.folder = ::testing::TempDir();
  plan.custom.Mutable().command = std::move(command);
  plan.spec.image = "r.io/app";
  plan.spec.tags = {"v1", "v2"};
  return plan;
}

TEST(CustomEngineTest, OrderOfWords) {
  plan::ImagePlan plan = PlanOf("./build.sh");
  EXPECT_THAT(CustomCommand(plan),
              ElementsAre("./build.sh", "r.io/app:v1", "r.io/app:v2"));
  plan.custom.Mutable().args = {"--verbose"};
  plan.custom.Mutable().image_flag = "--name";
  plan.custom.Mutable().append_args = {"."};
  EXPECT_THAT(CustomCommand(plan),
              ElementsAre("./build.sh", "--verbose", "--name", "r.io/app:v1",
                          "--name", "r.io/app:v2", "."));
}

TEST(CustomEngineTest, RunsInTheFolderOfTheConfig) {
  plan::ImagePlan plan = PlanOf("./build.sh");
  const std::string script = absl::StrCat(plan.folder, "/build.sh");
  std::ofstream(script) << "#!/bin/sh\npwd\necho \"$1\" >&2\nexit $CODE\n";
  chmod(script.c_str(), 0755);
  Lines lines;
  Cancellation cancel;
  CustomEngine engine;
  Outcome outcome = engine.Build(plan, lines, cancel);
  EXPECT_FALSE(outcome.failure) << outcome.failure->what;
  ASSERT_EQ(lines.lines.size(), 2u);
  EXPECT_THAT(absl::StrCat(plan.folder, "/"), HasSubstr(lines.lines[0]));
  EXPECT_EQ(lines.lines[1], "r.io/app:v1");

  std::ofstream(script) << "#!/bin/sh\nexit 7\n";
  outcome = engine.Build(plan, lines, cancel);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kBuild);
  EXPECT_EQ(outcome.failure->what,
            "`./build.sh r.io/app:v1 r.io/app:v2` failed with exit code 7");
}

// As of a RUN, or of `docker build`.
TEST(CustomEngineTest, AFailureHasTheLastLines) {
  plan::ImagePlan plan = PlanOf("sh");
  plan.custom.Mutable().args = {
      "-c", "for i in $(seq 11); do echo $i; done; echo why >&2; exit 3"};
  Lines lines;
  Cancellation cancel;
  const Outcome outcome = CustomEngine().Build(plan, lines, cancel);
  ASSERT_TRUE(outcome.failure);
  EXPECT_THAT(outcome.failure->details, SizeIs(10));
  EXPECT_THAT(outcome.failure->details, Contains("why"));
  EXPECT_THAT(outcome.failure->details, Contains("11"));
  EXPECT_THAT(lines.lines, SizeIs(12));
}

TEST(CustomEngineTest, MissingCommandsAndInterrupts) {
  Lines lines;
  Cancellation cancel;
  CustomEngine engine;
  Outcome outcome = engine.Build(PlanOf("./no-such-script"), lines, cancel);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kEnvironment);
  EXPECT_THAT(outcome.failure->what, HasSubstr("no-such-script"));

  cancel.Cancel();
  plan::ImagePlan plan = PlanOf("sleep");
  plan.custom.Mutable().args = {"600"};
  outcome = engine.Build(plan, lines, cancel);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kInterrupted);
}

}  // namespace
}  // namespace ovenbird::build
