#include "runtime/cli/choice.h"

#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/cli/options.h"
#include "runtime/config/config.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::cli {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WriteProgram;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

// A machine whose docker and minikube are scripts of the test, and whose
// kubeconfig is a file of the test.
class ChoiceTest : public ::testing::Test {
 protected:
  ChoiceTest() {
    setenv("HOME", folder_.c_str(), 1);
    setenv("PATH", absl::StrCat(folder_, ":/usr/bin:/bin").c_str(), 1);
    unsetenv("KUBECONFIG");
    unsetenv("KUBERNETES_SERVICE_HOST");
    Docker("echo 'no daemon here' >&2; exit 1");
    WriteProgram(folder_ + "/minikube", "exit 1\n");
  }

  void Docker(const std::string& script) {
    WriteProgram(folder_ + "/docker", script + "\n");
  }

  // A kubeconfig whose current context has this name.
  void UseContext(const std::string& name) {
    const std::string path = folder_ + "/kubeconfig";
    std::ofstream(path) << "current-context: " << name
                        << "\nclusters: [{name: k, cluster: {server: "
                           "'https://k:6443'}}]\ncontexts: [{name: "
                        << name << ", context: {cluster: k}}]\n";
    setenv("KUBECONFIG", path.c_str(), 1);
  }

  config::Image& Add(const std::string& key) {
    config_.images.emplace_back(key, config::Image());
    config::Image& image = config_.images.back().second;
    image.image = "r.io/" + key;
    return image;
  }
  config::Docker& AddDocker(const std::string& key) {
    return Add(key).build.emplace().docker.emplace();
  }
  void AddKaniko(const std::string& key) {
    Add(key).build.emplace().kaniko.emplace();
  }
  void AddCustom(const std::string& key) {
    Add(key).build.emplace().custom.emplace();
  }

  // The engine of each image that is built: "a=docker b=kubernetes".
  std::string Engines(const absl::StatusOr<Choice>& choice) const {
    EXPECT_THAT(choice, IsOk());
    std::string engines;
    for (const auto& [key, image] : config_.images) {
      if (!choice.ok() || choice->EngineOf(key).empty()) continue;
      absl::StrAppend(&engines, engines.empty() ? "" : " ", key, "=",
                      choice->EngineOf(key));
    }
    return engines;
  }

  const std::string folder_ = NewFolder();
  config::Config config_;
  Options options_;
};

TEST_F(ChoiceTest, EachImageHasTheEngineOfItsConfig) {
  Docker("echo 27.0");
  UseContext("work");
  Add("plain");
  AddDocker("docker");
  AddKaniko("kaniko");
  AddCustom("custom");
  Add("off").build.emplace().disabled = true;
  const auto choice = Choose(options_, config_);
  EXPECT_EQ(Engines(choice),
            "plain=docker docker=docker kaniko=kubernetes custom=custom");
  EXPECT_THAT(choice->notes,
              ElementsAre(StartsWith("engine: kubernetes (context `work`")));
  EXPECT_THAT(choice->daemons, IsEmpty());
  // Nothing is looked for that no image needs.
  options_.images = {"docker", "custom"};
  const auto some = Choose(options_, config_);
  EXPECT_EQ(Engines(some), "docker=docker custom=custom");
  EXPECT_THAT(some->notes, IsEmpty());
  EXPECT_FALSE(some->cluster.has_value());
}

TEST_F(ChoiceTest, KanikoBuildsWhereNoDaemonAnswers) {
  UseContext("work");
  Add("plain");
  AddDocker("a");
  AddDocker("b");
  const auto choice = Choose(options_, config_);
  EXPECT_EQ(Engines(choice), "plain=kubernetes a=kubernetes b=kubernetes");
  // Images that ask for Docker are named.
  EXPECT_THAT(choice->notes,
              ElementsAre("kaniko builds `a`, `b`: no Docker daemon answers "
                          "(no daemon here)",
                          StartsWith("engine: kubernetes (")));
  config_.images[1].second.build->docker->disable_fallback = true;
  EXPECT_THAT(Choose(options_, config_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "image `a` is for Docker, and no Docker daemon answers "
                       "(no daemon here); start one, or let kaniko build it: "
                       "remove `disableFallback`, or set --engine"));
  // The command line comes before the config.
  options_.engine = EngineChoice::kKubernetes;
  const auto asked = Choose(options_, config_);
  EXPECT_EQ(Engines(asked), "plain=kubernetes a=kubernetes b=kubernetes");
  EXPECT_THAT(asked->notes, ElementsAre(StartsWith("engine: kubernetes (")));
}

TEST_F(ChoiceTest, WithoutDockersProgramThereIsNoDaemonEither) {
  unlink((folder_ + "/docker").c_str());
  setenv("PATH", folder_.c_str(), 1);
  AddDocker("a");
  const auto choice = Choose(options_, config_);
  EXPECT_EQ(Engines(choice), "a=local");
}

TEST_F(ChoiceTest, WithoutAClusterKanikoRunsHere) {
  AddKaniko("a");
  const auto choice = Choose(options_, config_);
  EXPECT_EQ(Engines(choice), "a=local");
  EXPECT_THAT(choice->notes,
              ElementsAre("engine: local (no kube context is configured)"));
  // Where the cluster was asked for, it is an error.
  options_.engine = EngineChoice::kKubernetes;
  EXPECT_THAT(
      Choose(options_, config_),
      StatusIs(absl::StatusCode::kNotFound,
               EndsWith("; to build on this machine instead: --engine local")));
  options_.engine = EngineChoice::kAuto;
  options_.kube_context = "other";
  EXPECT_THAT(Choose(options_, config_), ::testing::Not(IsOk()));
}

TEST_F(ChoiceTest, ABrokenKubeconfigIsAnError) {
  UseContext("work");
  std::ofstream(folder_ + "/kubeconfig") << "clusters: 5";
  AddKaniko("a");
  EXPECT_THAT(Choose(options_, config_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("`clusters` must be a list")));
  options_.engine = EngineChoice::kLocal;
  const auto choice = Choose(options_, config_);
  EXPECT_EQ(Engines(choice), "a=local");
  EXPECT_THAT(choice->notes, ElementsAre("engine: local"));
}

TEST_F(ChoiceTest, AnImageAsAFileIsBuiltHere) {
  Docker("echo 27.0");
  UseContext("work");
  AddDocker("a");
  options_.output_tar = "a.tar";
  const auto choice = Choose(options_, config_);
  EXPECT_EQ(Engines(choice), "a=local");
  AddCustom("mine");
  EXPECT_THAT(Choose(options_, config_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "image `mine` is built by your own command "
                       "(`build.custom`), so --output cannot save it"));
}

TEST_F(ChoiceTest, TheDaemonOfMinikube) {
  // Only minikube's own daemon answers.
  Docker("[ \"$DOCKER_HOST\" = tcp://mini:2376 ] && echo 27.0");
  WriteProgram(folder_ + "/minikube",
               "[ \"$*\" = 'docker-env --shell none' ] || exit 2\n"
               "echo DOCKER_HOST=tcp://mini:2376\n");
  AddDocker("a");
  UseContext("minikube");
  const auto choice = Choose(options_, config_);
  EXPECT_EQ(Engines(choice), "a=docker");
  ASSERT_EQ(choice->daemons.count("a"), 1u);
  EXPECT_THAT(choice->daemons.at("a"),
              ElementsAre(Pair("DOCKER_HOST", "tcp://mini:2376")));
  // Not where the current context is another, or the config does not want it.
  UseContext("work");
  EXPECT_EQ(Engines(Choose(options_, config_)), "a=kubernetes");
  UseContext("minikube");
  config_.images[0].second.build->docker->prefer_minikube = false;
  EXPECT_EQ(Engines(Choose(options_, config_)), "a=kubernetes");
}

TEST_F(ChoiceTest, RenderLooksForNothing) {
  Docker("touch \"$HOME/asked\"; echo 27.0");
  Add("plain");
  AddDocker("docker");
  AddKaniko("kaniko");
  AddCustom("custom");
  Add("off").build.emplace().disabled = true;
  const Choice choice = ChooseWithoutLooking(options_, config_);
  EXPECT_EQ(Engines(choice),
            "plain=kubernetes docker=kubernetes kaniko=kubernetes "
            "custom=custom");
  EXPECT_NE(access((folder_ + "/asked").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace ovenbird::cli
