#include "runtime/build/local/cli_runtime.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;

TEST(CliRuntimeTest, CreatesWhatTheSpecSays) {
  ContainerSpec spec;
  spec.args = {"--no-push", "--digest-file=/dev/termination-log"};
  spec.env = {{"container", "kube"}, {"TOKEN", "secret"}};
  spec.labels = {{"ovenbird.dev/user", "john"}};
  spec.working_dir = "/context";
  spec.capabilities = {"CHOWN", "SETUID"};
  spec.mounts = {{"/context", {}}, {"/cache", {}, "/var/cache", true}};
  spec.termination_path = "/dev/termination-log";
  EXPECT_THAT(
      CreateArguments(spec, "kaniko:v1", {"--ulimit=host"}),
      ElementsAre("create", "--network=host", "--user=0:0",
                  "--security-opt=no-new-privileges", "--cap-drop=ALL",
                  "--cap-add=CHOWN", "--cap-add=SETUID", "--env=container=kube",
                  "--env=TOKEN", "--label=ovenbird.dev/user=john",
                  "--workdir=/context", "--volume=/context",
                  "--volume=/var/cache:/cache:ro", "--volume=/ovenbird",
                  "--ulimit=host", "kaniko:v1", "--no-push",
                  "--digest-file=/ovenbird/termination"));
}

TEST(CliRuntimeTest, TheCommandIsSplit) {
  ContainerSpec spec;
  spec.command = {"/bin/sh", "-c"};
  spec.args = {"true"};
  EXPECT_THAT(CreateArguments(spec, "image", {}),
              ElementsAre("create", "--network=host", "--user=0:0",
                          "--security-opt=no-new-privileges", "--cap-drop=ALL",
                          "--entrypoint=/bin/sh", "image", "-c", "true"));
}

}  // namespace
}  // namespace ovenbird::build
