#include "runtime/plan/executor_flags.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(ExecutorFlagsTest, BuildArgsAndTarget) {
  config::Kaniko kaniko;
  kube::BuildSpec spec;
  spec.build_args = {{"A", "1"}, {"B", "2"}};
  spec.target = "one";
  TakeExecutorFlags(kaniko, spec);
  EXPECT_EQ(spec.target, "one");
  kaniko.args = {"--build-arg", "B=3",           "--build-arg=C=4=5",
                 "--target=x",  "--build-arg=D", "--target",
                 "two"};
  TakeExecutorFlags(kaniko, spec);
  EXPECT_EQ(spec.target, "two");
  EXPECT_THAT(spec.build_args,
              ElementsAre(Pair("A", "1"), Pair("B", "3"), Pair("C", "4=5")));
}

TEST(ExecutorFlagsTest, Platform) {
  config::Kaniko kaniko;
  EXPECT_EQ(PlatformOfArgs(kaniko), "");
  kaniko.args = {"--custom-platform=linux/amd64", "--customPlatform",
                 "linux/arm64"};
  EXPECT_EQ(PlatformOfArgs(kaniko), "linux/arm64");
  kaniko.args = {"--custom-platform=what"};
  EXPECT_EQ(PlatformOfArgs(kaniko), "");
}

TEST(ExecutorFlagsTest, SnapshotMode) {
  config::Kaniko kaniko;
  kaniko.snapshot_mode = config::SnapshotMode::kFull;
  EXPECT_EQ(SnapshotModeOf(kaniko, "executor:v1.24.0"),
            config::SnapshotMode::kFull);
  kaniko.args = {"--snapshotMode=redo", "--snapshot-mode", "time"};
  EXPECT_EQ(SnapshotModeOf(kaniko, "executor:v1.24.0"),
            config::SnapshotMode::kTime);
}

TEST(ExecutorFlagsTest, TheDefaultSnapshotModeLosesNothingWhereItCan) {
  const config::Kaniko kaniko;
  for (const char* image :
       {"executor:v0.24.0", "executor:v1.24.0-debug", "kaniko:v1.28.3"}) {
    EXPECT_EQ(SnapshotModeOf(kaniko, image), config::SnapshotMode::kRedo)
        << image;
  }
  for (const char* image : {"executor:v0.17.1", "executor:v0.23.0",
                            "executor:latest", "executor"}) {
    EXPECT_EQ(SnapshotModeOf(kaniko, image), config::SnapshotMode::kTime)
        << image;
  }
}

}  // namespace
}  // namespace ovenbird::plan
