#include "runtime/build/docker/docker_engine.h"

#include <stdlib.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/platform.h"
#include "runtime/base/workspace.h"
#include "runtime/build/engine.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"
#include "runtime/build/timeline.h"
#include "runtime/context/tar.h"
#include "runtime/kube/build_spec.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/image_plan.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::WriteProgram;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Keeps what it is told, and calls `on_log` with each line.
class Notes : public Observer {
 public:
  void Step(absl::string_view text) override { steps.emplace_back(text); }
  void Log(absl::string_view line) override {
    lines.emplace_back(line);
    if (on_log) on_log();
  }
  void Enter(const Phase& phase) override { phases.push_back(Label(phase)); }
  void Sent(int64_t bytes) override { sent += bytes; }
  void Warn(absl::string_view text) override { steps.emplace_back(text); }
  std::atomic<int64_t> sent = 0;
  std::vector<std::string> steps;
  std::vector<std::string> lines;
  std::vector<std::string> phases;
  std::function<void()> on_log;
};

// A machine whose docker is a script of the test: `build` and `push` are its
// parts, where $id is the file for the image's ID.
class DockerEngineTest : public ::testing::Test {
 protected:
  DockerEngineTest() {
    setenv("PATH", absl::StrCat(folder_, ":/usr/bin:/bin").c_str(), 1);
    setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
    setenv("HOME", folder_.c_str(), 1);
    Docker("echo built", "echo \"digest: " + digest_ + " size: 1\"");
    plan_.key = "app";
    plan_.builder = plan::Builder::kDocker;
    plan_.spec.image = "r.io/app";
    plan_.spec.tags = {"v1", "latest"};
  }

  void Docker(const std::string& build, const std::string& push) {
    WriteProgram(
        folder_ + "/docker",
        absl::StrCat("echo \"$1 $DOCKER_HOST\" >> ", folder_,
                     "/calls\nfor a; do case $a in --iidfile=*) "
                     "id=${a#--iidfile=};; esac; done\ncase $1 in\nbuild) cat "
                     "> ",
                     folder_, "/context; echo sha256:1 > $id; ", build,
                     ";;\npush) ", push, ";;\nesac\n"));
  }

  Outcome Build() { return engine_.Build(plan_, notes_, cancel_); }
  std::string Read(const std::string& name) const {
    std::ifstream file(folder_ + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string folder_ = NewFolder();
  const std::string digest_ = "sha256:" + std::string(64, 'd');
  plan::ImagePlan plan_;
  Notes notes_;
  Cancellation cancel_;
  DockerEngine engine_{{{"other", {{"DOCKER_HOST", "tcp://other"}}}}};
};

TEST_F(DockerEngineTest, BuildsAndPushesEachTag) {
  context::MemoryFile dockerfile;
  dockerfile.path = "Dockerfile";
  dockerfile.content = "FROM scratch\n";
  plan_.files = {dockerfile};
  const Outcome outcome = Build();
  ASSERT_FALSE(outcome.failure) << outcome.failure->what;
  EXPECT_EQ(outcome.digest, digest_);
  EXPECT_EQ(engine_.NameFor(plan_), "docker");
  EXPECT_THAT(notes_.steps,
              ElementsAre("building with docker", "pushing r.io/app:v1",
                          "pushing r.io/app:latest"));
  EXPECT_THAT(notes_.lines, ::testing::Contains("built"));
  // The context is a tar.
  EXPECT_THAT(Read("context"), HasSubstr("FROM scratch\n"));
  EXPECT_THAT(Read("context"), HasSubstr("ustar"));
  EXPECT_EQ(notes_.sent, static_cast<int64_t>(Read("context").size()));
  // Nothing of the run is left.
  EXPECT_THAT(ListWorkspaces(folder_ + "/ovenbird/run"), ::testing::IsEmpty());
}

// Docker's classic builder has one name for the base images of all platforms.
TEST_F(DockerEngineTest, BuildsForPlatformsRunOneAfterTheOther) {
  Docker(absl::StrCat("echo begin >> ", folder_,
                      "/order; sleep 0.05; echo end "
                      ">> ",
                      folder_, "/order"),
         "echo \"digest: " + digest_ + " size: 1\"");
  plan_.spec.platform = *ParsePlatform("linux/arm64");
  std::vector<std::thread> builds;
  for (int i = 0; i < 3; ++i) {
    builds.emplace_back([this] {
      Notes notes;
      EXPECT_FALSE(engine_.Build(plan_, notes, cancel_).failure);
    });
  }
  for (std::thread& build : builds) build.join();
  EXPECT_EQ(Read("order"), "begin\nend\nbegin\nend\nbegin\nend\n");
}

TEST_F(DockerEngineTest, TheDaemonOfTheImage) {
  plan_.spec.skip_push = true;
  unsetenv("DOCKER_HOST");
  EXPECT_FALSE(Build().failure);
  plan_.key = "other";
  const Outcome outcome = Build();
  EXPECT_FALSE(outcome.failure);
  EXPECT_EQ(outcome.digest, "");
  EXPECT_EQ(Read("calls"), "build \nbuild tcp://other\n");
}

TEST_F(DockerEngineTest, StepsArePhases) {
  Docker("echo 'Step 1/2 : FROM a'; echo 'Step 2/2 : RUN b'",
         "echo \"digest: " + digest_ + " size: 1\"");
  EXPECT_FALSE(Build().failure);
  EXPECT_THAT(notes_.phases,
              ElementsAre("build", "[1/2] FROM a", "[2/2] RUN b",
                          "push r.io/app:v1", "push r.io/app:latest"));
}

TEST_F(DockerEngineTest, AFailedBuildShowsItsLastLines) {
  Docker("for i in $(seq 15); do echo line $i; done; exit 3", "exit 9");
  const Outcome outcome = Build();
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kBuild);
  EXPECT_EQ(outcome.failure->what, "`docker build` exited with code 3");
  EXPECT_THAT(outcome.failure->details, SizeIs(10));
  EXPECT_EQ(outcome.failure->details.front(), "line 6");
  EXPECT_EQ(outcome.failure->details.back(), "line 15");
  EXPECT_THAT(notes_.lines, SizeIs(15));
  EXPECT_EQ(outcome.digest, "");
}

TEST_F(DockerEngineTest, AFailedPushNamesTheTag) {
  Docker("true", "case $2 in *:latest) echo denied; exit 1;; esac");
  const Outcome outcome = Build();
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kBuild);
  EXPECT_EQ(outcome.failure->what,
            "`docker push r.io/app:latest` exited with code 1");
  EXPECT_THAT(outcome.failure->details, ElementsAre("denied"));
}

TEST_F(DockerEngineTest, WithoutDockerItIsTheEnvironment) {
  setenv("PATH", "/no/such/folder", 1);
  const Outcome outcome = Build();
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kEnvironment);
  EXPECT_THAT(outcome.failure->what, HasSubstr("docker"));
}

// A Secret of the cluster is refused before anything is started.
TEST_F(DockerEngineTest, SecretsOfTheCluster) {
  kube::BuildSecret secret;
  secret.id = "token";
  plan_.spec.secrets = {secret};
  plan_.spec.secrets[0].env = "TOKEN";
  plan_.spec.skip_push = true;
  EXPECT_FALSE(Build().failure);
  secret.secret_name = "ci-token";
  plan_.spec.secrets.push_back(secret);
  std::filesystem::remove(folder_ + "/calls");
  const Outcome outcome = Build();
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kEnvironment);
  EXPECT_EQ(outcome.failure->what,
            "the build secret `token` is in the Secret `ci-token` of the "
            "cluster, which Docker does not have; use `--secret "
            "id=token,src=FILE`");
  EXPECT_EQ(Read("calls"), "");
}

TEST_F(DockerEngineTest, CtrlCEndsTheBuild) {
  Docker("echo going; exec sleep 600", "true");
  notes_.on_log = [&] { cancel_.Cancel(); };
  const Outcome outcome = Build();
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::kInterrupted);
  EXPECT_EQ(outcome.failure->what, "interrupted");
  EXPECT_EQ(Read("calls"), "build \n");
}

}  // namespace
}  // namespace ovenbird::build
