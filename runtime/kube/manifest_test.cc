#include "runtime/kube/manifest.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/platform.h"
#include "runtime/kube/object_json.h"
#include "runtime/kube/run_mount.h"

namespace ovenbird::kube {
namespace {

using ::testing::_;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

class ManifestTest : public ::testing::Test {
 protected:
  ManifestTest() {
    spec_.key = "Back_End";
    spec_.build_id = "0123456789";
    spec_.image = "registry.example.com/app";
    spec_.cache_repo = "registry.example.com/app";
    spec_.tags = {"v1"};
    spec_.kaniko = &kaniko_;
  }

  // "name -> path" of kaniko's mounts, in order.
  std::vector<std::string> Mounts() const {
    std::vector<std::string> mounts;
    Manifest manifest = MakeManifest(spec_);
    for (const VolumeMount& mount :
         manifest.pod.spec->containers[0].volume_mounts) {
      mounts.push_back(absl::StrCat(*mount.name, " -> ", *mount.mount_path));
    }
    return mounts;
  }

  config::Kaniko kaniko_;
  BuildSpec spec_;
};

TEST_F(ManifestTest, WithoutALoginThereIsNoSecret) {
  Manifest manifest = MakeManifest(spec_);
  EXPECT_FALSE(manifest.secret.has_value());
  EXPECT_THAT(Mounts(), ElementsAre("context -> /context"));
  EXPECT_EQ(manifest.pod.metadata->name, "ovenbird-back-end-0123456789");
}

TEST_F(ManifestTest, ALoginIsASecretOfThisBuildAlone) {
  spec_.docker_config = R"({"auths":{}})";
  Manifest manifest = MakeManifest(spec_);
  ASSERT_TRUE(manifest.secret.has_value());
  EXPECT_EQ(manifest.secret->metadata->name, manifest.pod.metadata->name);
  // It is replaced when it expires.
  EXPECT_EQ(manifest.secret->immutable, std::nullopt);
  std::string content;
  ASSERT_THAT(manifest.secret->data, SizeIs(1));
  ASSERT_TRUE(absl::Base64Unescape(manifest.secret->data[0].second, &content));
  EXPECT_EQ(content, spec_.docker_config);
  EXPECT_THAT(Mounts(), ElementsAre("docker-config -> /kaniko/.docker",
                                    "context -> /context"));
}

// Only the init container mounts the Secret: kaniko gets files in memory.
TEST_F(ManifestTest, BuildSecretsAreInTheSecretOfThisBuild) {
  spec_.docker_config = "{}";
  spec_.secrets.resize(3);
  spec_.secrets[0].id = "token";
  spec_.secrets[0].value = "s3cr3t";
  spec_.secrets[1].id = "of-cluster";
  spec_.secrets[1].secret_name = "ci-token";
  spec_.secrets[1].secret_key = "key";
  spec_.secrets[2].id = "a/b";
  spec_.secrets[2].value = "other";
  for (const BuildSecret& secret : spec_.secrets) {
    RunMount& mount = spec_.run_mounts.emplace_back();
    mount.kind = RunMount::kSecret;
    mount.id = secret.id;
    mount.target = absl::StrCat("/s/", secret.id);
  }
  Manifest manifest = MakeManifest(spec_);
  ASSERT_TRUE(manifest.secret.has_value());
  EXPECT_EQ(manifest.secret->type, "kubernetes.io/dockerconfigjson");
  EXPECT_THAT(manifest.secret->data,
              ElementsAre(Pair(".dockerconfigjson", absl::Base64Escape("{}")),
                          Pair("build-secret-0", absl::Base64Escape("s3cr3t")),
                          Pair("build-secret-2", absl::Base64Escape("other"))));
  EXPECT_THAT(
      Mounts(),
      ElementsAre("docker-config -> /kaniko/.docker", "context -> /context",
                  HasSubstr(" -> /s/token"), HasSubstr(" -> /s/of-cluster"),
                  HasSubstr(" -> /s/a/b")));
  spec_.docker_config.clear();
  manifest = MakeManifest(spec_);
  EXPECT_EQ(manifest.secret->type, "Opaque");
  EXPECT_THAT(manifest.secret->data, SizeIs(2));
  spec_.secrets.erase(spec_.secrets.begin());
  spec_.secrets.pop_back();
  spec_.run_mounts = {spec_.run_mounts[1]};
  EXPECT_FALSE(MakeManifest(spec_).secret.has_value());
}

TEST_F(ManifestTest, TheUsersPullSecretComesBeforeALogin) {
  spec_.docker_config = R"({"auths":{}})";
  spec_.pull_secret_key = "config.json";
  kaniko_.pull_secret = "context";  // DevSpace's volume of this name broke.
  Manifest manifest = MakeManifest(spec_);
  EXPECT_FALSE(manifest.secret.has_value());
  const Volume& volume = manifest.pod.spec->volumes[0];
  EXPECT_EQ(volume.name, "docker-config");
  EXPECT_EQ(volume.secret->secret_name, "context");
  EXPECT_EQ(volume.secret->items[0].key, "config.json");
}

TEST_F(ManifestTest, AMountedDockerConfigTakesThePlaceOfOurs) {
  spec_.docker_config = R"({"auths":{}})";
  config::Mount& mount = kaniko_.additional_mounts.emplace_back();
  mount.mount_path = "/kaniko/.docker/";
  mount.config_map.emplace().name = "login";
  EXPECT_FALSE(MakeManifest(spec_).secret.has_value());
  EXPECT_THAT(Mounts(), ElementsAre("context -> /context",
                                    "additional-volume-0 -> /kaniko/.docker/"));
}

TEST_F(ManifestTest, OnlyADeviceNeedsMknod) {
  const auto added = [this] {
    const Manifest manifest = MakeManifest(spec_);
    const Container& kaniko = manifest.pod.spec->containers[0];
    return kaniko.security_context->capabilities->add;
  };
  EXPECT_THAT(added(), Not(Contains("MKNOD")));
  spec_.makes_devices = true;
  EXPECT_THAT(added(), Contains("MKNOD"));
  kaniko_.security_context.emplace().capabilities.emplace().add = {"CHOWN"};
  EXPECT_THAT(added(), ElementsAre("CHOWN"));
}

TEST_F(ManifestTest, OnlyANamedServiceAccountHasItsToken) {
  EXPECT_EQ(MakeManifest(spec_).pod.spec->automount_service_account_token,
            false);
  kaniko_.service_account = "builder";
  Manifest manifest = MakeManifest(spec_);
  EXPECT_EQ(manifest.pod.spec->automount_service_account_token, true);
  EXPECT_EQ(manifest.pod.spec->service_account_name, "builder");
}

TEST_F(ManifestTest, WhatItIsMadeFrom) {
  const auto annotation = [this](const std::string& name) -> std::string {
    const Manifest manifest = MakeManifest(spec_);
    for (const auto& [key, value] : manifest.pod.metadata->annotations) {
      if (key == name) return value;
    }
    return "(none)";
  };
  EXPECT_EQ(annotation("ovenbird.dev/image-key"), "Back_End");
  EXPECT_EQ(annotation("ovenbird.dev/destination"), "registry.example.com/app");
  EXPECT_EQ(annotation("ovenbird.dev/fingerprint"), "(none)");
  spec_.fingerprint = "0123456789abcdef";
  EXPECT_EQ(annotation("ovenbird.dev/fingerprint"), "0123456789abcdef");
}

// A build that is moved to another node starts again.
TEST_F(ManifestTest, AutoscalersAreAskedToLeaveThePodAlone) {
  const auto annotations = [this] {
    return MakeManifest(spec_).pod.metadata->annotations;
  };
  constexpr char kSafe[] = "cluster-autoscaler.kubernetes.io/safe-to-evict";
  EXPECT_THAT(annotations(), Contains(Pair(kSafe, "false")));
  EXPECT_THAT(annotations(),
              Contains(Pair("karpenter.sh/do-not-disrupt", "true")));
  kaniko_.annotations = {{kSafe, "true"}, {"karpenter.sh/do-not-disrupt", ""}};
  EXPECT_THAT(annotations(), Contains(Pair(kSafe, "true")));
  EXPECT_THAT(annotations(), Not(Contains(Pair(kSafe, "false"))));
  EXPECT_THAT(annotations(), Contains(Pair("karpenter.sh/do-not-disrupt", "")));
  EXPECT_THAT(annotations(),
              Not(Contains(Pair("karpenter.sh/do-not-disrupt", "true"))));
}

TEST_F(ManifestTest, PriorityRuntimeAndScheduler) {
  const auto pod = [this] { return *MakeManifest(spec_).pod.spec; };
  EXPECT_FALSE(pod().priority_class_name || pod().runtime_class_name ||
               pod().scheduler_name);
  kaniko_.priority_class_name = "low";
  kaniko_.runtime_class_name = "gvisor";
  kaniko_.scheduler_name = "volcano";
  EXPECT_EQ(pod().priority_class_name, "low");
  EXPECT_EQ(pod().runtime_class_name, "gvisor");
  EXPECT_EQ(pod().scheduler_name, "volcano");
}

// Only the pod waits in a queue; `queue` has priority over a label.
TEST_F(ManifestTest, Queue) {
  const auto labels = [this] {
    return MakeManifest(spec_).pod.metadata->labels;
  };
  EXPECT_THAT(labels(), Not(Contains(Pair(kQueueLabel, _))));
  EXPECT_EQ(QueueOf(kaniko_), "");
  kaniko_.labels = {{kQueueLabel, "others"}, {"team", "web"}};
  EXPECT_THAT(labels(), Contains(Pair(kQueueLabel, "others")));
  EXPECT_EQ(QueueOf(kaniko_), "others");
  kaniko_.queue = "builds";
  EXPECT_THAT(labels(), Contains(Pair(kQueueLabel, "builds")));
  EXPECT_THAT(labels(), Not(Contains(Pair(kQueueLabel, "others"))));
  EXPECT_THAT(labels(), Contains(Pair("team", "web")));
  EXPECT_EQ(QueueOf(kaniko_), "builds");
}

// The pod has what the config has, and no defaults of our own.
TEST_F(ManifestTest, AffinityAndSpread) {
  const auto pod = [this] { return *MakeManifest(spec_).pod.spec; };
  EXPECT_TRUE(pod().affinity.is_null());
  EXPECT_TRUE(pod().topology_spread_constraints.is_null());
  EXPECT_EQ(pod().host_users, std::nullopt);
  config::NodeAffinity& nodes =
      kaniko_.affinity.emplace().node_affinity.emplace();
  config::PreferredNodes& preferred =
      nodes.preferred_during_scheduling_ignored_during_execution.emplace_back();
  preferred.weight = 7;
  config::NodeRequirement& requirement =
      preferred.preference.emplace().match_expressions.emplace_back();
  requirement.key = "pool";
  requirement.operator_ = config::NodeOperator::kNotIn;
  requirement.values = {"a", "b"};
  config::TopologySpreadConstraint& spread =
      kaniko_.topology_spread_constraints.emplace_back();
  spread.max_skew = 2;
  spread.topology_key = "zone";
  spread.when_unsatisfiable = config::WhenUnsatisfiable::kScheduleAnyway;
  // An empty selector is another one than none.
  spread.label_selector.emplace();
  kaniko_.host_users = false;
  EXPECT_EQ(
      json::Write(pod().affinity),
      R"({"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":)"
      R"([{"weight":7,"preference":{"matchExpressions":[{"key":"pool",)"
      R"("operator":"NotIn","values":["a","b"]}]}}]}})");
  EXPECT_EQ(json::Write(pod().topology_spread_constraints),
            R"([{"maxSkew":2,"topologyKey":"zone",)"
            R"("whenUnsatisfiable":"ScheduleAnyway","labelSelector":{}}])");
  EXPECT_EQ(pod().host_users, false);
}

TEST_F(ManifestTest, AnImageWithTheContextNeedsNoVolume) {
  const auto pod = [this] { return *MakeManifest(spec_).pod.spec; };
  EXPECT_THAT(pod().init_containers, SizeIs(1));
  EXPECT_THAT(Mounts(), ElementsAre("context -> /context"));
  spec_.context_image = "registry.example.com/contexts@sha256:0";
  EXPECT_THAT(pod().init_containers, SizeIs(0));
  EXPECT_THAT(pod().volumes, SizeIs(0));
  EXPECT_THAT(Mounts(), SizeIs(0));
  const Container kaniko = pod().containers[0];
  EXPECT_EQ(kaniko.image, spec_.context_image);
  EXPECT_THAT(kaniko.args, Contains("--context=dir:///kaniko/context"));
  EXPECT_THAT(kaniko.args, Contains("--dockerfile=/kaniko/context/Dockerfile"));
  EXPECT_THAT(pod().image_pull_secrets, SizeIs(0));
}

TEST_F(ManifestTest, AnImageWithTheContextCanBeAVolume) {
  spec_.context_image = "registry.example.com/contexts@sha256:0";
  spec_.mounts_context = true;
  const PodSpec pod = *MakeManifest(spec_).pod.spec;
  EXPECT_THAT(pod.init_containers, SizeIs(0));
  ASSERT_THAT(pod.volumes, SizeIs(1));
  EXPECT_EQ(json::Write(AsJson(pod.volumes[0])),
            R"({"name":"context","image":{"reference":)"
            R"("registry.example.com/contexts@sha256:0",)"
            R"("pullPolicy":"IfNotPresent"}})");
  EXPECT_THAT(Mounts(), ElementsAre("context -> /kaniko/volume"));
  const Container kaniko = pod.containers[0];
  EXPECT_EQ(kaniko.image, kaniko_.image);
  EXPECT_EQ(kaniko.volume_mounts[0].read_only, true);
  EXPECT_THAT(kaniko.args,
              Contains("--context=dir:///kaniko/volume/kaniko/context"));
  EXPECT_THAT(
      kaniko.args,
      Contains("--dockerfile=/kaniko/volume/kaniko/context/Dockerfile"));
}

TEST_F(ManifestTest, AnImageWithTheContextLeavesVolumesOfRunToPrepare) {
  spec_.context_image = "registry.example.com/contexts@sha256:0";
  RunMount& mount = spec_.run_mounts.emplace_back();
  mount.target = "/cache";
  mount.mode = 0700;
  const PodSpec pod = *MakeManifest(spec_).pod.spec;
  ASSERT_THAT(pod.init_containers, SizeIs(1));
  const Container& init = pod.init_containers[0];
  EXPECT_EQ(init.name, kVolumesContainer);
  EXPECT_THAT(init.command,
              ElementsAre("sh", "-c", "chmod 700 /run-mounts/0 || exit\n"));
  EXPECT_THAT(init.volume_mounts, SizeIs(1));
  EXPECT_THAT(Mounts(), ElementsAre("run-mount-0 -> /cache"));
}

TEST_F(ManifestTest, TheNodePullsTheContextWithTheLoginOfTheBuild) {
  spec_.context_image = "registry.example.com/contexts@sha256:0";
  spec_.pulls_context_with_login = true;
  const auto names = [this] {
    std::vector<std::string> names;
    const Manifest manifest = MakeManifest(spec_);
    for (const auto& secret : manifest.pod.spec->image_pull_secrets) {
      names.push_back(*secret.name);
    }
    return names;
  };
  EXPECT_THAT(names(), SizeIs(0));
  spec_.docker_config = "{}";
  EXPECT_THAT(names(), ElementsAre("ovenbird-back-end-0123456789"));
  kaniko_.pull_secret = "login";
  EXPECT_THAT(names(), ElementsAre("login"));
}

// Labels that the user selects for the same purpose make way.
TEST_F(ManifestTest, APlatformNeedsANodeOfItsArchitecture) {
  kaniko_.node_selector = {{kArchitectureLabel, "amd64"}, {"pool", "builds"}};
  const auto selector = [this] {
    return MakeManifest(spec_).pod.spec->node_selector;
  };
  EXPECT_EQ(selector(), kaniko_.node_selector);
  spec_.platform = *ParsePlatform("linux/arm/v7");
  EXPECT_THAT(selector(),
              ElementsAre(Pair("pool", "builds"), Pair(kOsLabel, "linux"),
                          Pair(kArchitectureLabel, "arm")));
  EXPECT_THAT(MakeManifest(spec_).pod.metadata->annotations,
              Contains(Pair("ovenbird.dev/platform", "linux/arm/v7")));
  spec_.needs_own_node = false;
  EXPECT_EQ(selector(), kaniko_.node_selector);
}

TEST_F(ManifestTest, TheTimeoutIsThePodsDeadline) {
  kaniko_.timeout = "1h30m";
  EXPECT_EQ(MakeManifest(spec_).pod.spec->active_deadline_seconds, 5400);
}

TEST(NamePartTest, IsPartOfADnsLabel) {
  EXPECT_EQ(NamePart("Back_End", 30), "back-end");
  EXPECT_EQ(NamePart("--a--", 30), "a");
  EXPECT_EQ(NamePart("abc-def", 4), "abc");
  EXPECT_EQ(NamePart("\xc3\xa9", 30), "image");
}

}  // namespace
}  // namespace ovenbird::kube
