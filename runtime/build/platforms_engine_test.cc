#include "runtime/build/platforms_engine.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/base/platform.h"
#include "runtime/build/engine.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/build/result.h"
#include "runtime/build/timeline.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/client.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/no_threads.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using registry::testing::RealRegistry;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Steps : public Observer {
 public:
  void Step(absl::string_view text) override { steps.emplace_back(text); }
  void Log(absl::string_view line) override { lines.emplace_back(line); }
  void Enter(const Phase& phase) override {
    phases.push_back(absl::StrCat(phase.platform, " ", Label(phase)));
  }
  void Mark(absl::string_view platform, PhaseMark mark) override {
    if (mark == PhaseMark::kEnded) {
      phases.push_back(absl::StrCat(platform, " ended"));
    }
    if (mark == PhaseMark::kFailed) {
      phases.push_back(absl::StrCat(platform, " failed"));
    }
  }
  void Warn(absl::string_view) override {}
  std::vector<std::string> phases;
  std::vector<std::string> steps;
  std::vector<std::string> lines;
};

// Pushes an empty image of the build's platform, or fails for some platforms.
class Pusher : public Engine {
 public:
  explicit Pusher(RealRegistry& registry) : registry_(registry) {}

  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return "kubernetes";
  }
  std::optional<Failure> CheckBefore(const plan::ImagePlan& plan,
                                     Cancellation&) override {
    if (missing.count(plan.spec.platform->architecture) == 0) {
      return std::nullopt;
    }
    Failure failure;
    failure.what = "no node";
    return failure;
  }
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation&) override {
    ++builds;
    at_once = std::max<int>(at_once, ++running);
    if (waits) absl::SleepFor(absl::Milliseconds(20));
    --running;
    observer.Log("hello");
    observer.Enter({.kind = PhaseKind::kUpload});
    Outcome outcome;
    const std::string& architecture = plan.spec.platform->architecture;
    if (throws.count(architecture) > 0) throw std::bad_alloc();
    if (broken.count(architecture) > 0) {
      outcome.failure.emplace();
      outcome.failure->kind = FailureKind::kBuild;
      outcome.failure->what = "RUN failed";
      return outcome;
    }
    outcome.warnings = {"careful"};
    outcome.digest = Push(architecture, plan.spec.tags[0]);
    return outcome;
  }

  std::set<std::string> broken;
  std::set<std::string> throws;
  std::set<std::string> missing;
  std::atomic<int> builds = 0;
  std::atomic<int> running = 0;
  std::atomic<int> at_once = 0;
  bool waits = false;
  // No two images are the same.
  bool differ = false;
  // Tells the images of two runs apart.
  std::string author = "one";

 private:
  std::string Push(const std::string& architecture, const std::string& tag) {
    MutexLock lock(&mutex_);
    json::Value config;
    config.Set("architecture", architecture);
    config.Set("os", "linux");
    config.Set("author", differ ? absl::StrCat(author, ++pushed_) : author);
    const std::string text = json::Write(config);
    json::Value blob;
    blob.Set("mediaType", "application/vnd.docker.container.image.v1+json");
    blob.Set("size", static_cast<int64_t>(text.size()));
    blob.Set("digest", registry_.PushBlob("team/app", text));
    json::Value manifest;
    manifest.Set("schemaVersion", 2);
    manifest.Set("mediaType",
                 "application/vnd.docker.distribution.manifest.v2+json");
    manifest.Set("config", std::move(blob));
    manifest.Set("layers", json::Array());
    return registry_.PushManifest("team/app", tag, manifest);
  }

  RealRegistry& registry_;
  Mutex mutex_;
  int pushed_ ABSL_GUARDED_BY(mutex_) = 0;
};

class PlatformsEngineTest : public ::testing::Test {
 protected:
  PlatformsEngineTest()
      : client_(registry_.domain(), {}), pusher_(new Pusher(registry_)) {
    Prepare(plan_);
    plan_.spec.tags = {"v1", "latest"};
    for (const char* name : {"linux/amd64", "linux/arm64"}) {
      auto one = std::make_unique<plan::ImagePlan>();
      Prepare(*one);
      one->spec.platform = *ParsePlatform(name);
      one->spec.tags = {absl::StrCat("v1-", one->spec.platform->architecture)};
      plan_.platforms.push_back(std::move(one));
    }
  }

  void Prepare(plan::ImagePlan& plan) const {
    plan.spec.kaniko = &plan.kaniko.Mutable();
    plan.spec.image = registry_.domain() + "/team/app";
  }
  Outcome Build(const plan::ImagePlan& plan) {
    return engine_.Build(plan, steps_, cancel_);
  }
  Outcome Build() { return Build(plan_); }
  std::string DigestOf(const std::string& tag) {
    const auto found = client_.Head("team/app", tag);
    return found.ok() ? found->digest : "";
  }

  RealRegistry registry_;
  registry::Client client_;
  Pusher* pusher_;  // the engine's
  registry::DockerConfig docker_config_;
  PlatformsEngine engine_{std::unique_ptr<Engine>(pusher_), /*jobs=*/2,
                          &docker_config_};
  plan::ImagePlan plan_;
  Steps steps_;
  Cancellation cancel_;
};

TEST_F(PlatformsEngineTest, TheTagsNameTheIndex) {
  const Outcome outcome = Build();
  ASSERT_FALSE(outcome.failure) << outcome.failure->what;
  EXPECT_EQ(pusher_->builds, 2);
  EXPECT_EQ(DigestOf("v1"), outcome.digest);
  EXPECT_EQ(DigestOf("latest"), outcome.digest);
  EXPECT_THAT(outcome.platforms,
              ElementsAre(PlatformResult{"linux/amd64", DigestOf("v1-amd64")},
                          PlatformResult{"linux/arm64", DigestOf("v1-arm64")}));
  const auto index = client_.Get("team/app", "v1");
  ASSERT_THAT(index, IsOk());
  EXPECT_THAT(index->bytes, AllOf(HasSubstr(outcome.platforms[0].digest),
                                  HasSubstr(outcome.platforms[1].digest)));
  EXPECT_THAT(outcome.warnings,
              ElementsAre("linux/amd64: careful", "linux/arm64: careful"));
  EXPECT_THAT(steps_.lines, Contains("linux/arm64: hello"));
  EXPECT_THAT(
      steps_.phases,
      AllOf(Contains("linux/amd64 upload"), Contains("linux/arm64 upload"),
            Contains("linux/amd64 ended"), Contains("linux/arm64 ended")));
  EXPECT_EQ(steps_.phases.back(), " push the index");
  EXPECT_EQ(engine_.NameFor(plan_), "kubernetes");
}

TEST_F(PlatformsEngineTest, AFailedPlatformLeavesTheTag) {
  const std::string before = Build().digest;
  pusher_->author = "two";
  pusher_->broken = {"arm64"};
  const Outcome outcome = Build();
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->what, "linux/arm64: RUN failed");
  EXPECT_EQ(outcome.failure->kind, FailureKind::kBuild);
  EXPECT_THAT(outcome.platforms,
              ElementsAre(PlatformResult{"linux/amd64", DigestOf("v1-amd64")},
                          PlatformResult{"linux/arm64", ""}));
  EXPECT_EQ(outcome.digest, "");
  EXPECT_EQ(DigestOf("v1"), before);
  EXPECT_EQ(DigestOf("latest"), before);
  EXPECT_THAT(steps_.steps, Contains("linux/arm64: failed: RUN failed"));
  EXPECT_THAT(steps_.phases, Contains("linux/arm64 failed"));
  EXPECT_THAT(steps_.phases, Not(Contains("linux/amd64 failed")));
}

// More often than there are jobs: none is lost.
TEST_F(PlatformsEngineTest, AnExceptionIsAFailureOfItsPlatform) {
  pusher_->throws = {"arm64"};
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = Build();
    ASSERT_TRUE(outcome.failure);
    EXPECT_THAT(outcome.failure->what, StartsWith("linux/arm64: "));
    EXPECT_EQ(outcome.failure->kind, FailureKind::kEnvironment);
  }
  EXPECT_EQ(pusher_->builds, 6);
}

TEST_F(PlatformsEngineTest, WithoutThreadsPlatformsAreBuiltInTurn) {
  pusher_->broken = {"amd64", "arm64"};
  const testing::NoThreads none;
  EXPECT_TRUE(Build().failure);
  EXPECT_EQ(pusher_->builds, 2);
  EXPECT_EQ(pusher_->at_once, 1);
}

TEST_F(PlatformsEngineTest, TheNumberOfBuildsIsLimited) {
  pusher_->waits = true;
  // The registry does not write its files atomically: an image that is pushed
  // again is unknown (DIGEST_INVALID) to an index for a moment.
  pusher_->differ = true;
  std::vector<std::thread> images;
  for (int i = 0; i < 3; ++i) {
    images.emplace_back([this, i] {
      Steps steps;
      Cancellation cancel;
      // Images without platforms count, too. No two indexes have one tag: the
      // registry does not write tags atomically.
      const plan::ImagePlan& plan = i < 2 ? *plan_.platforms[i] : plan_;
      const Outcome outcome = engine_.Build(plan, steps, cancel);
      EXPECT_FALSE(outcome.failure)
          << outcome.failure->what << " "
          << absl::StrJoin(outcome.failure->details, " ");
    });
  }
  for (std::thread& image : images) image.join();
  EXPECT_EQ(pusher_->builds, 4);
  EXPECT_EQ(pusher_->at_once, 2);
}

TEST_F(PlatformsEngineTest, NothingIsBuiltIfOnePlatformCannot) {
  pusher_->missing = {"arm64"};
  const Outcome outcome = Build();
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->what, "no node");
  EXPECT_EQ(pusher_->builds, 0);
}

TEST_F(PlatformsEngineTest, WithoutAPushThereIsNoIndex) {
  plan_.spec.skip_push = true;
  const Outcome outcome = Build();
  EXPECT_FALSE(outcome.failure);
  EXPECT_EQ(outcome.digest, "");
  EXPECT_EQ(DigestOf("v1"), "");
}

TEST_F(PlatformsEngineTest, OnePlatformHasNoIndex) {
  const plan::ImagePlan& one = *plan_.platforms[1];
  const Outcome outcome = Build(one);
  ASSERT_FALSE(outcome.failure);
  EXPECT_EQ(outcome.digest, DigestOf("v1-arm64"));
  EXPECT_THAT(outcome.platforms,
              ElementsAre(PlatformResult{"linux/arm64", outcome.digest}));
  EXPECT_EQ(DigestOf("v1"), "");
  EXPECT_THAT(steps_.steps, IsEmpty());
}

TEST_F(PlatformsEngineTest, SaysThatTheIndexIsMissing) {
  plan_.spec.image = "127.0.0.1:1/team/app";
  const Outcome outcome = Build();
  ASSERT_TRUE(outcome.failure);
  EXPECT_THAT(outcome.failure->what,
              HasSubstr("the platforms are built, but their index is not "
                        "pushed: "));
  EXPECT_THAT(outcome.failure->hint, HasSubstr("from this machine"));
}

}  // namespace
}  // namespace ovenbird::build
