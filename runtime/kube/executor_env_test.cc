#include "runtime/kube/executor_env.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::kube {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

TEST(ExecutorEnvTest, SwitchesOfTheFork) {
  config::Kaniko kaniko;
  kaniko.env = {{"A", "b"}};
  BuildSpec spec;
  spec.kaniko = &kaniko;
  EXPECT_THAT(ExecutorEnv(spec),
              ElementsAre(Pair("container", "kube"), Pair("A", "b")));
  kaniko.image = "ghcr.io/osscontainertools/kaniko:v1.28.3";
  EXPECT_THAT(ExecutorEnv(spec),
              Contains(Pair("FF_KANIKO_COPY_AS_ROOT", "true")));
  EXPECT_THAT(ExecutorEnv(spec), Contains(Pair("A", "b")));
  // The user's word counts.
  kaniko.env = {{"FF_KANIKO_COPY_AS_ROOT", "false"}};
  EXPECT_THAT(ExecutorEnv(spec),
              Contains(Key("FF_KANIKO_COPY_AS_ROOT")).Times(1));
  EXPECT_THAT(ExecutorEnv(spec),
              Contains(Pair("FF_KANIKO_COPY_AS_ROOT", "false")));
  // Another executor runs in its place.
  spec.executor = "gcr.io/kaniko-project/executor:v1.24.0";
  EXPECT_THAT(ExecutorEnv(spec),
              Not(Contains(Key("FF_KANIKO_RUN_HONOR_GROUP"))));
}

}  // namespace
}  // namespace ovenbird::kube
