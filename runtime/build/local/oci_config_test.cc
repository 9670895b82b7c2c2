#include "runtime/build/local/oci_config.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;

// The image and the spec of a build.
struct Given {
  Given() {
    image.env = {"PATH=/kaniko", "HOME=/root"};
    image.entrypoint = {"/kaniko/executor"};
    image.cmd = {"--help"};
    image.working_dir = "/workspace";
    spec.args = {"--no-push"};
    input.spec = &spec;
    input.image = &image;
  }
  json::Value Config() const { return OciConfig(input); }

  registry::ImageConfig image;
  ContainerSpec spec;
  OciInput input;
};

std::string Text(const json::Value& value) { return json::Write(value); }

TEST(OciConfigTest, TheCommandLineIsCombinedAsInAPod) {
  Given given;
  EXPECT_THAT(CommandLine(given.spec, given.image),
              ElementsAre("/kaniko/executor", "--no-push"));
  given.spec.args = {};
  EXPECT_THAT(CommandLine(given.spec, given.image),
              ElementsAre("/kaniko/executor", "--help"));
  given.spec.command = {"/bin/sh", "-c"};
  EXPECT_THAT(CommandLine(given.spec, given.image),
              ElementsAre("/bin/sh", "-c"));
  given.spec.args = {"true"};
  EXPECT_THAT(CommandLine(given.spec, given.image),
              ElementsAre("/bin/sh", "-c", "true"));
}

TEST(OciConfigTest, TheSpecsEnvironmentIsOnTopOfTheImages) {
  Given given;
  given.spec.env = {{"HOME", "/tmp"}, {"container", "kube"}};
  EXPECT_EQ(Text(given.Config()["process"]["env"]),
            R"(["PATH=/kaniko","HOME=/tmp","container=kube"])");
}

TEST(OciConfigTest, HasTheCapabilitiesOfTheSpecAlone) {
  Given given;
  given.spec.capabilities = {"CHOWN", "SETUID"};
  const json::Value config = given.Config();
  for (const char* set : {"bounding", "effective", "permitted"}) {
    EXPECT_EQ(Text(config["process"]["capabilities"][set]),
              R"(["CAP_CHOWN","CAP_SETUID"])");
  }
  EXPECT_TRUE(config["process"]["noNewPrivileges"].bool_or());
  EXPECT_FALSE(config["root"]["readonly"].bool_or(true));
}

TEST(OciConfigTest, WorkingFolder) {
  Given given;
  EXPECT_EQ(given.Config()["process"]["cwd"].string_or(), "/workspace");
  given.spec.working_dir = "/context";
  EXPECT_EQ(given.Config()["process"]["cwd"].string_or(), "/context");
  given.spec.working_dir = "";
  given.image.working_dir = "";
  EXPECT_EQ(given.Config()["process"]["cwd"].string_or(), "/");
}

TEST(OciConfigTest, MountsMemory) {
  Given given;
  OciMount limited{"/a", "", false, true, 1024};
  OciMount unlimited{"/b", "", false, true};
  given.input.mounts = {limited, unlimited};
  const std::string text = Text(given.Config()["mounts"]);
  EXPECT_THAT(text,
              ::testing::HasSubstr(
                  R"({"destination":"/a","type":"tmpfs","source":"tmpfs",)"
                  R"("options":["nosuid","mode=1777","size=1024"]})"));
  EXPECT_THAT(text,
              ::testing::HasSubstr(R"("options":["nosuid","mode=1777"]})"));
}

TEST(OciConfigTest, MountsBelowOthersComeAfterThem) {
  Given given;
  given.input.mounts = {{"/kaniko/.docker", "/h/docker", true},
                        {"/context", "/h/context"},
                        {"/kaniko", "/h/kaniko"}};
  std::vector<std::string> binds;
  const json::Value config = given.Config();
  for (const json::Value& mount : config["mounts"].items()) {
    if (mount["source"].string_or().substr(0, 3) != "/h/") continue;
    binds.push_back(std::string(mount["destination"].string_or()) + " " +
                    Text(mount["options"]));
  }
  EXPECT_THAT(binds, ElementsAre(R"(/context ["rbind","rw"])",
                                 R"(/kaniko ["rbind","rw"])",
                                 R"(/kaniko/.docker ["rbind","ro"])"));
}

// A mount that is read-only does not make those below it read-only: root in
// the container could freeze all processes of the machine.
TEST(OciConfigTest, NoControlGroupsOfTheMachine) {
  Given given;
  const auto sys = [&] {
    const json::Value config = given.Config();
    for (const json::Value& mount : config["mounts"].items()) {
      if (mount["destination"] == json::Value("/sys")) {
        return Text(mount["options"]);
      }
    }
    return std::string();
  };
  EXPECT_EQ(sys(), R"(["bind","nosuid","noexec","nodev","ro"])");
  given.input.rootless = true;
  // A user namespace does not let go of mounts.
  EXPECT_EQ(sys(), R"(["rbind","nosuid","noexec","nodev","ro"])");
  EXPECT_THAT(Text(given.Config()["linux"]["maskedPaths"]),
              ::testing::HasSubstr(R"("/sys/fs/cgroup")"));
}

TEST(OciConfigTest, FiltersSystemCallsWhereTheRuntimeCan) {
  Given given;
  EXPECT_TRUE(given.Config()["linux"]["seccomp"].is_null());
  given.input.seccomp = true;
  EXPECT_EQ(given.Config()["linux"]["seccomp"]["defaultAction"].string_or(),
            "SCMP_ACT_ERRNO");
}

TEST(OciConfigTest, SharesThisMachinesNetwork) {
  Given given;
  EXPECT_EQ(Text(given.Config()["linux"]["namespaces"]),
            R"([{"type":"pid"},{"type":"ipc"},{"type":"uts"},)"
            R"({"type":"mount"}])");
}

TEST(OciConfigTest, AUserNamespaceHasNoGroupOfTerminals) {
  Given given;
  EXPECT_NE(Text(given.Config()).find("gid=5"), std::string::npos);
  given.input.rootless = true;
  EXPECT_EQ(Text(given.Config()).find("gid=5"), std::string::npos);
}

}  // namespace
}  // namespace ovenbird::build
