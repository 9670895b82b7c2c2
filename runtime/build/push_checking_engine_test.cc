#include "runtime/build/push_checking_engine.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/registry/testing/real_registry.h"

namespace ovenbird::build {
namespace {

using registry::testing::RealRegistry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Steps : public Observer {
 public:
  void Step(absl::string_view text) override { steps.emplace_back(text); }
  void Log(absl::string_view) override {}
  void Warn(absl::string_view) override {}
  std::vector<std::string> steps;
};

// A fake build: what it says it has pushed need not be true.
class Claims : public Engine {
 public:
  Claims(std::string digest, int* builds, std::string name)
      : digest_(std::move(digest)), builds_(builds), name_(std::move(name)) {}
  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return name_;
  }
  Outcome Build(const plan::ImagePlan&, Observer&, Cancellation&) override {
    ++*builds_;
    Outcome outcome;
    outcome.digest = digest_;
    return outcome;
  }

 private:
  const std::string digest_;
  int* const builds_;
  const std::string name_;
};

class PushCheckingEngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    plan_.spec.kaniko = &plan_.kaniko.Mutable();
    plan_.spec.tags = {"v1"};
  }
  Outcome Build(const std::string& image, const std::string& digest,
                PushCheckOptions options = {}, std::string name = "local") {
    plan_.spec.image = image;
    PushCheckingEngine engine(
        std::make_unique<Claims>(digest, &builds_, std::move(name)), options);
    return engine.Build(plan_, steps_, cancel_);
  }
  static std::string Config(const std::string& domain) {
    return absl::StrCat(R"({"auths":{")", domain,
                        R"(":{"username":"john","password":"doe"}}})");
  }

  plan::ImagePlan plan_;
  Steps steps_;
  Cancellation cancel_;
  int builds_ = 0;
};

TEST_F(PushCheckingEngineTest, AsksBeforeAndAfter) {
  RealRegistry registry({.user = "john", .password = "doe"});
  plan_.spec.docker_config = Config(registry.domain());
  const std::string digest =
      registry.PushImage("a/b", "v1", {}, json::Object());
  const Outcome outcome = Build(registry.domain() + "/a/b", digest);
  EXPECT_FALSE(outcome.failure) << outcome.failure->what;
  EXPECT_THAT(outcome.warnings, IsEmpty());
  EXPECT_THAT(steps_.steps, IsEmpty());
  EXPECT_EQ(builds_, 1);
}

TEST_F(PushCheckingEngineTest, ARefusalEndsTheBuildBeforeItBegins) {
  RealRegistry registry({.user = "john", .password = "doe"});
  const std::string image = registry.domain() + "/a/b";
  const Outcome outcome = Build(image, "");
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kBuild);
  EXPECT_THAT(outcome.failure->what,
              HasSubstr("no credentials for " + registry.domain()));
  EXPECT_THAT(outcome.failure->hint, HasSubstr("--skip-push-check"));
  EXPECT_EQ(builds_, 0);

  // Each of these may log in where we cannot see it, or was not to be asked.
  plan_.kaniko.Mutable().pull_secret = "of-the-cluster";
  Build(image, "");
  EXPECT_EQ(builds_, 1);
  plan_.kaniko.Mutable().pull_secret.clear();
  plan_.kaniko.Mutable().service_account = "builder";
  Build(image, "");
  EXPECT_EQ(builds_, 2);
  plan_.kaniko.Mutable().service_account.clear();
  Build(image, "", {.before = false});
  EXPECT_EQ(builds_, 3);
  plan_.kaniko.Mutable().args = {"--no-push"};
  Build(image, "");
  EXPECT_EQ(builds_, 4);
  plan_.kaniko.Mutable().args.clear();
  // In a pod 127.0.0.1 is another machine.
  Build(image, "", {}, "kubernetes");
  EXPECT_EQ(builds_, 5);
}

TEST_F(PushCheckingEngineTest, ABuildThatTellsNoDigestIsNotVerified) {
  RealRegistry registry;
  const std::string image = registry.domain() + "/a/b";
  EXPECT_THAT(Build(image, "").warnings,
              ElementsAre(HasSubstr("reported no digest")));
  EXPECT_THAT(Build(image, "", {.after = false}).warnings, IsEmpty());
}

// Whether a command pushes is known only by what it changes.
TEST_F(PushCheckingEngineTest, ACommandThatChangesNothing) {
  RealRegistry registry;
  plan_.builder = plan::Builder::kCustom;
  const std::string image = registry.domain() + "/a/b";
  EXPECT_EQ(Build(image, "").digest, "");
  EXPECT_THAT(steps_.steps, IsEmpty());
  const std::string there = registry.PushImage("a/b", "v1", {}, json::Object());
  const Outcome outcome = Build(image, "");
  EXPECT_EQ(outcome.digest, there);
  EXPECT_THAT(outcome.warnings, IsEmpty());
  EXPECT_THAT(steps_.steps, ElementsAre("the registry has the same image as "
                                        "before the command"));
}

TEST_F(PushCheckingEngineTest, SeesThatSomethingElseIsThere) {
  RealRegistry registry;
  const std::string there = registry.PushImage("a/b", "v1", {}, json::Object());
  json::Value other;
  other.Set("User", "other");
  const std::string late = registry.PushImage("a/b", "v2", {}, other);
  const std::string image = registry.domain() + "/a/b";

  Outcome outcome = Build(image, absl::StrCat("sha256:", std::string(64, 'a')));
  ASSERT_TRUE(outcome.failure);
  EXPECT_THAT(outcome.failure->what, HasSubstr(there));
  outcome = Build(image, absl::StrCat("sha256:", std::string(64, 'a')),
                  {.after = false});
  EXPECT_FALSE(outcome.failure);

  outcome = Build(image, late);
  EXPECT_FALSE(outcome.failure);
  EXPECT_THAT(outcome.warnings,
              ElementsAre(HasSubstr("the same tag has been pushed again")));
}

TEST_F(PushCheckingEngineTest, ARegistryOutOfReachIsNoFailure) {
  std::string domain;
  {
    RealRegistry registry;
    domain = registry.domain();
  }
  const Outcome outcome =
      Build(domain + "/a/b", absl::StrCat("sha256:", std::string(64, 'a')));
  EXPECT_FALSE(outcome.failure);
  EXPECT_THAT(steps_.steps,
              ElementsAre(absl::StrCat("not verified: ", domain,
                                       " is unreachable from this machine")));
}

}  // namespace
}  // namespace ovenbird::build
