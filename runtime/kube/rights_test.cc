#include "runtime/kube/rights.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/platform.h"
#include "runtime/config/config.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::kube {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::vector<std::string> Names(const RightsNeeded& needed) {
  std::vector<std::string> names;
  for (const Right& right : RightsFor(needed)) {
    names.push_back(Describe(right));
  }
  return names;
}

class RightsTest : public ::testing::Test {
 protected:
  RightsTest() { spec_.kaniko = &kaniko_; }

  std::vector<std::string> Rights(bool waits_for_nodes = false) {
    RightsNeeded needed;
    AddRightsNeeded(spec_, waits_for_nodes, needed);
    return Names(needed);
  }

  config::Kaniko kaniko_;
  BuildSpec spec_;
};

TEST_F(RightsTest, CredentialsOfAnyMachineMayNeedASecret) {
  EXPECT_THAT(Rights(),
              AllOf(IsSupersetOf({"create pods", "get pods/exec",
                                  "create pods/exec", "create jobs.batch",
                                  "create secrets", "get secrets"}),
                    Not(Contains(HasSubstr("nodes")))));
}

TEST_F(RightsTest, WithAPullSecretOnlyThatCanBeRead) {
  kaniko_.pull_secret = "login";
  EXPECT_THAT(Rights(), Contains("get secrets/login"));
  EXPECT_THAT(Rights(), Not(Contains("get secrets")));
  EXPECT_THAT(Rights(), Not(Contains("list secrets")));
  EXPECT_THAT(Rights(), Not(Contains("create secrets")));
}

TEST_F(RightsTest, WithoutCredentialsNoRightOnSecrets) {
  kaniko_.skip_pull_secret_mount = true;
  kaniko_.pull_secret = "login";
  EXPECT_THAT(Rights(), Each(Not(HasSubstr("secrets"))));
}

TEST_F(RightsTest, BuildSecretsOfThisMachineNeedASecret) {
  kaniko_.pull_secret = "login";
  spec_.secrets = {{.id = "a", .secret_name = "theirs", .secret_key = "k"}};
  EXPECT_THAT(Rights(), Not(Contains("create secrets")));
  spec_.secrets.push_back({.id = "b", .env = "TOKEN"});
  EXPECT_THAT(Rights(), Contains("create secrets"));
  // Includes the pull secret.
  EXPECT_THAT(Rights(), Contains("get secrets"));
  EXPECT_THAT(Rights(), Not(Contains("get secrets/login")));
}

TEST_F(RightsTest, NodesAreListedForAPlatformThatNeedsOne) {
  spec_.platform = *ParsePlatform("linux/arm64");
  EXPECT_THAT(Rights(), Contains("list nodes"));
  EXPECT_THAT(Rights(/*waits_for_nodes=*/true), Not(Contains("list nodes")));
  spec_.needs_own_node = false;
  EXPECT_THAT(Rights(), Not(Contains("list nodes")));
}

TEST_F(RightsTest, NodesAreListedForAContextInARegistry) {
  kaniko_.context_repo = "registry.example.com/contexts";
  EXPECT_THAT(Rights(), Contains("list nodes"));
  EXPECT_THAT(Rights(/*waits_for_nodes=*/true), Contains("list nodes"));
  spec_.platform = *ParsePlatform("linux/arm64");
  spec_.needs_own_node = false;
  EXPECT_THAT(Rights(), Contains("list nodes"));
  spec_.platform.reset();
  kaniko_.context_transfer = config::ContextTransfer::kExec;
  EXPECT_THAT(Rights(), Not(Contains("list nodes")));
}

TEST(RightsForTest, EachRightIsThereOnceAndSaysWhatItIsFor) {
  for (const RightsNeeded& needed :
       {RightsNeeded{.creates_secrets = true,
       .pull_secrets = {"a", "b"},
       .lists_nodes = true},
        RightsNeeded{.pull_secrets = {"a", "b"}}}) {
    std::set<std::string> seen;
    for (const Right& right : RightsFor(needed)) {
      EXPECT_TRUE(seen.insert(Describe(right)).second) << Describe(right);
      EXPECT_NE(right.without, "") << Describe(right);
      EXPECT_EQ(right.is_cluster_wide, right.resource == "nodes");
    }
  }
}

}  // namespace
}  // namespace ovenbird::kube
