#include "runtime/kube/executor_args.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/base/platform.h"
#include "runtime/config/config.h"
#include "runtime/kube/kaniko_flags.h"

namespace ovenbird::kube {
namespace {

constexpr char kOld[] = "gcr.io/kaniko-project/executor:v0.17.1";
constexpr char kLast[] = "gcr.io/kaniko-project/executor:v1.24.0";
constexpr char kFork[] = "ghcr.io/osscontainertools/kaniko:v1.28.3";
constexpr char kUnknown[] = "registry.example.com/kaniko:latest";

struct Case {
  const char* name;
  const char* image;
  void (*change)(config::Kaniko& kaniko, BuildSpec& spec);
  const char* args;  // behind --dockerfile and --context, with blanks between
};

void Nothing(config::Kaniko&, BuildSpec&) {}

void Everything(config::Kaniko& kaniko, BuildSpec& spec) {
  kaniko.snapshot_mode = config::SnapshotMode::kFull;
  kaniko.insecure = true;
  kaniko.args = {"--verbosity=debug", "--cleanup"};
  spec.tags = {"v1", "v2"};
  spec.target = "production";
  spec.build_args = {{"A", "b c"}, {"D", ""}};
}

const Case kCases[] = {
    {"Defaults", kOld, Nothing,
     "--destination=reg.local:5000/app:v1 --snapshotMode=time --cache=true "
     "--cache-repo=reg.local:5000/app --whitelist-var-run=false "
     "--digest-file=/dev/termination-log"},
    {"DefaultsOfTheLast", kLast, Nothing,
     "--destination=reg.local:5000/app:v1 --snapshot-mode=redo --cache=true "
     "--cache-repo=reg.local:5000/app --ignore-var-run=false "
     "--digest-file=/dev/termination-log "
     "--compressed-caching=false --log-format=text --push-retry=3 "
     "--image-download-retry=3"},
    {"DefaultsOfUnknown", kUnknown, Nothing,
     "--destination=reg.local:5000/app:v1 --snapshotMode=time --cache=true "
     "--cache-repo=reg.local:5000/app --whitelist-var-run=false "
     "--digest-file=/dev/termination-log"},
    {"Platform", kLast,
     [](config::Kaniko& kaniko, BuildSpec& spec) {
       kaniko.cache = false;
       spec.platform = *ParsePlatform("linux/arm/v7");
     },
     "--destination=reg.local:5000/app:v1 --snapshot-mode=redo "
     "--custom-platform=linux/arm/v7 --ignore-var-run=false "
     "--digest-file=/dev/termination-log "
     "--compressed-caching=false --log-format=text --push-retry=3 "
     "--image-download-retry=3"},
    {"PlatformWithoutTheFlag", kOld,
     [](config::Kaniko& kaniko, BuildSpec& spec) {
       kaniko.cache = false;
       spec.platform = *ParsePlatform("linux/arm/v7");
     },
     "--destination=reg.local:5000/app:v1 --snapshotMode=time "
     "--whitelist-var-run=false --digest-file=/dev/termination-log"},
    {"Everything", kOld, Everything,
     "--destination=reg.local:5000/app:v1 --destination=reg.local:5000/app:v2 "
     "--snapshotMode=full --insecure --skip-tls-verify "
     "--insecure-registry=reg.local:5000 "
     "--skip-tls-verify-registry=reg.local:5000 --target=production "
     "--build-arg A=b c --build-arg D= --cache=true "
     "--cache-repo=reg.local:5000/app --whitelist-var-run=false "
     "--digest-file=/dev/termination-log "
     "--verbosity=debug --cleanup"},
    {"EverythingOfTheLast", kLast, Everything,
     "--destination=reg.local:5000/app:v1 --destination=reg.local:5000/app:v2 "
     "--snapshot-mode=full --insecure --skip-tls-verify "
     "--insecure-registry=reg.local:5000 "
     "--skip-tls-verify-registry=reg.local:5000 --target=production "
     "--build-arg A=b c --build-arg D= --cache=true "
     "--cache-repo=reg.local:5000/app --ignore-var-run=false "
     "--digest-file=/dev/termination-log "
     "--compressed-caching=false --log-format=text --push-retry=3 "
     "--image-download-retry=3 --verbosity=debug --cleanup"},
    {"ForkSkipsStagesUnasked", kFork,
     [](config::Kaniko&, BuildSpec& spec) { spec.target = "x"; },
     "--destination=reg.local:5000/app:v1 --snapshot-mode=redo --target=x "
     "--cache=true --cache-repo=reg.local:5000/app "
     "--ignore-var-run=false --digest-file=/dev/termination-log "
     "--compressed-caching=false "
     "--log-format=text --push-retry=3 --image-download-retry=3"},
    {"NoCache", kOld,
     [](config::Kaniko& kaniko, BuildSpec&) { kaniko.cache = false; },
     "--destination=reg.local:5000/app:v1 --snapshotMode=time "
     "--whitelist-var-run=false --digest-file=/dev/termination-log"},
    {"ToAFile", kOld,
     [](config::Kaniko&, BuildSpec& spec) { spec.tar_path = "/out/i.tar"; },
     "--destination=reg.local:5000/app:v1 --snapshotMode=time "
     "--whitelist-var-run=false --digest-file=/dev/termination-log --no-push "
     "--tarPath=/out/i.tar"},
    {"ToAFileWithACacheThatIsOnlyRead", kLast,
     [](config::Kaniko&, BuildSpec& spec) { spec.tar_path = "/out/i.tar"; },
     "--destination=reg.local:5000/app:v1 --snapshot-mode=redo --cache=true "
     "--cache-repo=reg.local:5000/app --no-push-cache "
     "--ignore-var-run=false --digest-file=/dev/termination-log --no-push "
     "--tar-path=/out/i.tar "
     "--compressed-caching=false --log-format=text --push-retry=3 "
     "--image-download-retry=3"},
    {"WithoutPush", kLast,
     [](config::Kaniko&, BuildSpec& spec) { spec.skip_push = true; },
     "--destination=reg.local:5000/app:v1 --snapshot-mode=redo --cache=true "
     "--cache-repo=reg.local:5000/app --no-push-cache "
     "--ignore-var-run=false --digest-file=/dev/termination-log --no-push "
     "--compressed-caching=false --log-format=text --push-retry=3 "
     "--image-download-retry=3"},
    {"WithoutPushAndWithoutACacheThatIsOnlyRead", kOld,
     [](config::Kaniko&, BuildSpec& spec) { spec.skip_push = true; },
     "--destination=reg.local:5000/app:v1 --snapshotMode=time "
     "--whitelist-var-run=false --digest-file=/dev/termination-log --no-push"},
    // What is in the spec already is not said twice.
    {"UsersOwn", kOld,
     [](config::Kaniko& kaniko, BuildSpec& spec) {
       kaniko.cache = false;
       kaniko.args = {"--cleanup", "--build-arg",   "A=1",        "--verbosity",
                      "debug",     "--build-arg=B", "--target=x", "--force"};
       spec.build_args = {{"A", "1"}};
       spec.target = "x";
     },
     "--destination=reg.local:5000/app:v1 --snapshotMode=time --target=x "
     "--build-arg A=1 --whitelist-var-run=false "
     "--digest-file=/dev/termination-log --cleanup --verbosity debug "
     "--build-arg=B --force"},
    {"Registries", kLast,
     [](config::Kaniko& kaniko, BuildSpec&) {
       kaniko.cache = false;
       kaniko.registry_mirrors = {"mirror.local:5000", "b/c"};
       config::RegistryCertificate ca;
       ca.registry = "reg.local:5000";
       ca.config_map = "registry-ca";
       kaniko.registry_certificates = {ca};
     },
     "--destination=reg.local:5000/app:v1 --snapshot-mode=redo "
     "--registry-mirror=mirror.local:5000 --registry-mirror=b/c "
     "--registry-certificate=reg.local:5000=/kaniko/registry-ca/0/ca.crt "
     "--ignore-var-run=false --digest-file=/dev/termination-log "
     "--compressed-caching=false "
     "--log-format=text --push-retry=3 --image-download-retry=3"},
    {"DockerHubIsNeverInsecure", kOld,
     [](config::Kaniko& kaniko, BuildSpec& spec) {
       kaniko.insecure = true;
       spec.image = "john/app";
       spec.cache_repo = "docker.io/john/app";
     },
     "--destination=john/app:v1 --snapshotMode=time --insecure "
     "--skip-tls-verify --cache=true --cache-repo=docker.io/john/app "
     "--whitelist-var-run=false --digest-file=/dev/termination-log"},
};

class ExecutorArgsTest : public ::testing::TestWithParam<Case> {};

TEST_P(ExecutorArgsTest, InOrder) {
  config::Kaniko kaniko;
  kaniko.image = GetParam().image;
  BuildSpec spec;
  spec.image = "reg.local:5000/app";
  spec.cache_repo = "reg.local:5000/app";
  spec.tags = {"v1"};
  spec.kaniko = &kaniko;
  GetParam().change(kaniko, spec);
  const std::vector<std::string> args = ExecutorArgs(spec);
  EXPECT_EQ(absl::StrJoin(args, " "),
            absl::StrCat("--dockerfile=/context/Dockerfile "
                         "--context=dir:///context ",
                         GetParam().args));
}

INSTANTIATE_TEST_SUITE_P(All, ExecutorArgsTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

// Whatever the version: each flag that we pass is one that it has.
TEST(ExecutorArgs, VersionHasEachFlag) {
  for (int minor = 17; minor <= 28; ++minor) {
    for (const int major : {0, 1}) {
      config::Kaniko kaniko;
      kaniko.image = absl::StrCat("executor:v", major, ".", minor, ".1");
      const std::optional<KanikoVersion> version =
          KanikoVersionOf(kaniko.image);
      if (!version.has_value()) continue;
      BuildSpec spec;
      spec.kaniko = &kaniko;
      Everything(kaniko, spec);
      kaniko.args.clear();
      spec.tar_path = "x";
      for (const std::string& arg : ExecutorArgs(spec)) {
        if (!absl::StartsWith(arg, "--")) continue;
        const std::string name = arg.substr(2, arg.find('=') - 2);
        EXPECT_TRUE(CanPassKanikoFlag(name, version))
            << kaniko.image << " " << arg;
      }
    }
  }
}

TEST(HasPlatformFlagTest, OnlyWhereItIsCertain) {
  EXPECT_FALSE(HasPlatformFlag(kOld));
  EXPECT_FALSE(HasPlatformFlag(kUnknown));
  EXPECT_TRUE(HasPlatformFlag("gcr.io/kaniko-project/executor:v1.9.1"));
  EXPECT_TRUE(HasPlatformFlag(kLast));
  EXPECT_TRUE(HasPlatformFlag(kFork));
}

}  // namespace
}  // namespace ovenbird::kube
