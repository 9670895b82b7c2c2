#include "runtime/build/docker/docker.h"

#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WriteProgram;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::Pair;

TEST(DockerTest, PassesEveryOption) {
  DockerBuild build;
  build.images = {"r.io/app:v1", "r.io/app:latest"};
  build.dockerfile = "docker/Dockerfile";
  build.target = "production";
  build.network = "host";
  build.platform = "linux/arm64";
  build.build_args = {{"A", "1 2"}, {"B", ""}};
  build.args = {"--no-cache", "--label=x=y"};
  EXPECT_THAT(DockerBuildCommand(build, "/tmp/id"),
              ElementsAre("docker", "build", "--file=docker/Dockerfile",
                          "--iidfile=/tmp/id", "--tag=r.io/app:v1",
                          "--tag=r.io/app:latest", "--target=production",
                          "--network=host", "--platform=linux/arm64", "--pull",
                          "--build-arg=A", "--build-arg=B", "--force-rm",
                          "--no-cache", "--label=x=y", "-"));
  build.skip_push = true;
  EXPECT_THAT(DockerBuildCommand(build, "/tmp/id"), Not(Contains("--pull")));
  build.skip_push = false;
  build.use_build_kit = true;
  EXPECT_THAT(DockerBuildCommand(build, "/tmp/id"),
              AllOf(Not(Contains("--force-rm")), Not(Contains("--pull"))));
}

TEST(DockerTest, PassesSecretsWithoutTheirValues) {
  DockerBuild build;
  build.secrets.resize(2);
  build.secrets[0].id = "a";
  build.secrets[0].env = "TOKEN";
  build.secrets[0].value = "v";
  build.secrets[1].id = "b";
  build.secrets[1].file = "/with, \"comma\"";
  EXPECT_THAT(DockerBuildCommand(build, "/tmp/id"),
              ElementsAre("docker", "build", "--file=Dockerfile",
                          "--iidfile=/tmp/id", "--secret=id=a,env=TOKEN",
                          "--secret=id=b,\"src=/with, \"\"comma\"\"\"",
                          "--force-rm", "-"));
}

TEST(DockerTest, FindsTheDigestOfAPush) {
  const std::string sha = absl::StrCat("sha256:", std::string(64, 'a'));
  EXPECT_EQ(PushedDigest(absl::StrCat("v1: digest: ", sha, " size: 525")), sha);
  EXPECT_EQ(PushedDigest(absl::StrCat("v1: digest: ", sha)), sha);
  EXPECT_EQ(PushedDigest("5f70bf18a086: Pushed"), "");
  EXPECT_EQ(PushedDigest("digest: none"), "");
  EXPECT_EQ(PushedDigest("digest: sha256:12 size: 3"), "");
  EXPECT_EQ(PushedDigest(absl::StrCat("digest: ", sha, "\x1b[2J")), "");
}

// Stand-ins for programs that tell what cannot be had here: a docker without a
// daemon, a minikube.
class ProgramsTest : public ::testing::Test {
 protected:
  ProgramsTest() {
    setenv("PATH", absl::StrCat(folder_, ":/usr/bin:/bin").c_str(), 1);
  }
  void Program(const std::string& name, const std::string& script) {
    WriteProgram(absl::StrCat(folder_, "/", name), script);
  }
  const std::string folder_ = NewFolder();
};

TEST_F(ProgramsTest, AsksTheDaemon) {
  Program("docker", "echo \"28.2.2 at $DOCKER_HOST\"");
  EXPECT_THAT(FindDockerDaemon({{"DOCKER_HOST", "unix:///x"}}, nullptr),
              IsOkAndHolds("28.2.2 at unix:///x"));
  Program("docker",
          "echo 'Cannot connect to the Docker daemon at unix:///x.' >&2\n"
          "echo 'more' >&2; exit 1");
  EXPECT_THAT(FindDockerDaemon({}, nullptr),
              StatusIs(absl::StatusCode::kUnavailable,
                       "Cannot connect to the Docker daemon at unix:///x."));
  setenv("PATH", "/no/such", 1);
  EXPECT_THAT(FindDockerDaemon({}, nullptr),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ProgramsTest, FindsTheDaemonOfMinikube) {
  Program("minikube",
          "[ \"$*\" = 'docker-env --shell none' ] || exit 2\n"
          "echo DOCKER_TLS_VERIFY=1\necho DOCKER_HOST=tcp://192.168.49.2:2376\n"
          "echo\n");
  absl::StatusOr<DockerEnvironment> env = MinikubeDocker(nullptr);
  ASSERT_THAT(env, IsOk());
  EXPECT_THAT(*env,
              ElementsAre(Pair("DOCKER_TLS_VERIFY", "1"),
                          Pair("DOCKER_HOST", "tcp://192.168.49.2:2376")));
  Program("minikube", "echo 'minikube is stopped' >&2; exit 85");
  EXPECT_THAT(MinikubeDocker(nullptr),
              StatusIs(absl::StatusCode::kUnavailable,
                       "`minikube docker-env --shell none`: minikube is "
                       "stopped"));
}

// All users of a machine see the arguments of its processes.
TEST_F(ProgramsTest, BuildArgumentsAreNotInTheCommand) {
  const std::string seen = absl::StrCat(folder_, "/seen");
  Program("docker", absl::StrCat("cat > /dev/null; { echo \"$*\"; printenv "
                                 "PIN PATH DOCKER_HOST; } > ",
                                 seen, "; exit 3"));
  setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
  DockerBuild build;
  build.images = {"r.io/app:v1"};
  build.dockerfile = "Dockerfile";
  // Names that docker itself reads stay as they are for docker.
  build.build_args = {
      {"PIN", "4711"}, {"PATH", "/x"}, {"DOCKER_HOST", "tcp://x"}};
  build.env = {{"DOCKER_HOST", "unix:///y"}};
  build.open_context = [] {
    return [](char*, size_t) -> absl::StatusOr<size_t> { return 0; };
  };
  build.on_step = build.on_log = [](absl::string_view) {};
  ASSERT_THAT(BuildWithDocker(build), IsOk());
  std::ifstream file(seen);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(text, ::testing::HasSubstr("--build-arg=PIN "));
  EXPECT_THAT(text, ::testing::HasSubstr("--build-arg=PATH=/x "));
  EXPECT_THAT(text, ::testing::HasSubstr("--build-arg=DOCKER_HOST=tcp://x "));
  EXPECT_THAT(text, ::testing::HasSubstr(absl::StrCat(
                        "\n4711\n", getenv("PATH"), "\nunix:///y\n")));
}

}  // namespace
}  // namespace ovenbird::build
