#include "runtime/build/cluster/node_platforms.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/platform.h"
#include "runtime/build/failure.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kNodes[] = R"({"items":[
  {"metadata":{"name":"a","labels":{
    "kubernetes.io/os":"linux","kubernetes.io/arch":"amd64"}}},
  {"metadata":{"name":"b","labels":{
    "kubernetes.io/os":"linux","kubernetes.io/arch":"amd64"}}},
  {"metadata":{"name":"c","labels":{
    "kubernetes.io/os":"linux","kubernetes.io/arch":"s390x"}}},
  {"metadata":{"name":"w","labels":{
    "kubernetes.io/os":"windows","kubernetes.io/arch":"arm64"}}},
  {"metadata":{"name":"n"}}]})";

TEST(NodePlatformsTest, CountsNodesOfLinux) {
  EXPECT_THAT(CountArchitectures(*json::Parse(kNodes)),
              ElementsAre(Pair("amd64", 2), Pair("s390x", 1)));
  EXPECT_THAT(CountArchitectures(json::Value()), IsEmpty());
}

TEST(NodePlatformsTest, ThePlatformOfNodesThatAreAlike) {
  EXPECT_EQ(CommonPlatform({{"arm64", 2}}), "linux/arm64");
  EXPECT_EQ(CommonPlatform({{"amd64", 3}, {"arm64", 2}}), "");
  EXPECT_EQ(CommonPlatform({}), "");
}

TEST(NodePlatformsTest, FailsOnlyWithoutANodeOfTheArchitecture) {
  const NodeArchitectures nodes = CountArchitectures(*json::Parse(kNodes));
  EXPECT_FALSE(CheckNodes(nodes, *ParsePlatform("linux/amd64")));
  EXPECT_FALSE(CheckNodes(nodes, *ParsePlatform("linux/amd64/v3")));
  EXPECT_FALSE(CheckNodes({}, *ParsePlatform("linux/arm64")));
  const std::optional<Failure> failure =
      CheckNodes(nodes, *ParsePlatform("linux/arm64"));
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->kind, FailureKind::kEnvironment);
  EXPECT_EQ(failure->what, "no arm64 node in this cluster");
  EXPECT_THAT(failure->details, ElementsAre("nodes: 2 of amd64, 1 of s390x"));
}

}  // namespace
}  // namespace ovenbird::build
