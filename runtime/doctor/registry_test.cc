#include "runtime/doctor/registry.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/doctor/builds.h"
#include "runtime/doctor/pull_secret.h"
#include "runtime/plan/image_plan.h"
#include "runtime/plan/plan.h"
#include "runtime/registry/testing/real_registry.h"

namespace ovenbird::doctor {
namespace {

using registry::testing::RealRegistry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string Login(const std::string& domain, const std::string& password) {
  return absl::StrCat(R"({"auths":{")", domain,
                      R"(":{"username":"john","password":")", password,
                      R"("}}})");
}

PushTarget TargetAt(const RealRegistry& registry) {
  PushTarget target;
  target.repository = registry.domain() + "/team/app";
  target.uses = {"image `app`", "cache of image `app`"};
  target.in_cluster = false;
  return target;
}

TEST(PushTargetTest, TheLogin) {
  RealRegistry registry({.user = "john", .password = "doe"});
  PushTarget target = TargetAt(registry);
  target.docker_config = Login(registry.domain(), "doe");
  Finding finding = CheckPushTarget(target, nullptr);
  EXPECT_EQ(finding.state, State::kOk) << finding.text;
  EXPECT_EQ(finding.text, "push allowed, as `john`");
  EXPECT_EQ(finding.subject,
            absl::StrCat("push to ", registry.domain(),
                         "/team/app (image `app`, cache of image `app`)"));

  target.docker_config = Login(registry.domain(), "wrong");
  finding = CheckPushTarget(target, nullptr);
  EXPECT_EQ(finding.state, State::kError);
  EXPECT_THAT(finding.text, HasSubstr("rejected the credentials of `john`"));
  EXPECT_THAT(finding.text, StartsWith("401 Unauthorized"));
  EXPECT_THAT(finding.next, HasSubstr("fix the credentials"));

  target.docker_config.clear();
  finding = CheckPushTarget(target, nullptr);
  EXPECT_EQ(finding.state, State::kError);
  EXPECT_THAT(finding.text, HasSubstr("no credentials for"));

  target.unsure = "the build may log in otherwise";
  finding = CheckPushTarget(target, nullptr);
  EXPECT_EQ(finding.state, State::kWarning);
  EXPECT_EQ(finding.text,
            "refused from here, but the build may log in otherwise");
  EXPECT_THAT(finding.details, ElementsAre(HasSubstr("401 Unauthorized")));
  EXPECT_EQ(registry.OpenUploads(), 0);
}

TEST(PushTargetTest, NothingIsLeft) {
  RealRegistry registry;
  const Finding finding = CheckPushTarget(TargetAt(registry), nullptr);
  EXPECT_EQ(finding.text, "push allowed, without credentials");
  EXPECT_EQ(registry.OpenUploads(), 0);
}

TEST(PushTargetTest, TheCertificate) {
  RealRegistry registry({.tls = true});
  PushTarget target = TargetAt(registry);
  Finding finding = CheckPushTarget(target, nullptr);
  EXPECT_EQ(finding.state, State::kError) << finding.text;
  EXPECT_THAT(finding.next, HasSubstr("/etc/docker/certs.d"));

  target.ca_pem = registry.ca_pem();
  EXPECT_EQ(CheckPushTarget(target, nullptr).state, State::kOk);

  target.ca_pem.clear();
  target.ca_config_map = "registry-ca";
  finding = CheckPushTarget(target, nullptr);
  EXPECT_EQ(finding.state, State::kWarning);
  EXPECT_THAT(finding.text, HasSubstr("ConfigMap `registry-ca`"));
}

TEST(PushTargetTest, OutOfReach) {
  PushTarget target;
  {
    RealRegistry registry;
    target = TargetAt(registry);
  }
  EXPECT_EQ(CheckPushTarget(target, nullptr).state, State::kError);
  // In a pod it is another machine.
  target.in_cluster = true;
  const Finding finding = CheckPushTarget(target, nullptr);
  EXPECT_EQ(finding.state, State::kWarning);
  EXPECT_THAT(finding.text, HasSubstr("the pod's own"));
  // No server has this address.
  target.repository = "registry.invalid/app";
  const Finding unreachable = CheckPushTarget(target, nullptr);
  EXPECT_EQ(unreachable.state, State::kWarning);
  EXPECT_THAT(unreachable.text, HasSubstr("cannot reach the registry"));
}

TEST(PushTargetTest, ABrokenConfig) {
  PushTarget target;
  target.repository = "r.io/app";
  target.docker_config = "{";
  EXPECT_EQ(CheckPushTarget(target, nullptr).state, State::kError);
}

std::unique_ptr<plan::ImagePlan> Image(const std::string& key) {
  auto image = std::make_unique<plan::ImagePlan>();
  image->key = key;
  image->spec.kaniko = &image->kaniko.Mutable();
  image->spec.image = absl::StrCat("r.io/", key);
  image->spec.cache_repo = image->spec.image;
  image->spec.tags = {"v1"};
  return image;
}

std::vector<std::string> Lines(const std::vector<PushTarget>& targets) {
  std::vector<std::string> lines;
  for (const PushTarget& target : targets) {
    lines.push_back(absl::StrCat(
        target.repository, ": ", absl::StrJoin(target.uses, ", "),
        target.docker_config.empty() ? "" : "; login ", target.docker_config,
        target.unsure.empty() ? "" : "; ", target.unsure));
  }
  return lines;
}

TEST(PushTargetsOfTest, DestinationsAndCaches) {
  const auto image = Image("app");
  config::Kaniko& kaniko = image->kaniko.Mutable();
  kaniko.cache = false;
  EXPECT_THAT(Lines(PushTargetsOf(*image)),
              ElementsAre("r.io/app: image `app`"));
  kaniko.cache = true;
  EXPECT_THAT(Lines(PushTargetsOf(*image)),
              ElementsAre("r.io/app: image `app`, cache of image `app`"));
  kaniko.args = {"--destination=john/app:v2", "--cache-repo=c.io/kept"};
  EXPECT_THAT(
      Lines(PushTargetsOf(*image)),
      ElementsAre("r.io/app: image `app`", "docker.io/john/app: image `app`",
                  "c.io/kept: cache of image `app`"));
  kaniko.args = {"--no-push-cache"};
  EXPECT_THAT(Lines(PushTargetsOf(*image)),
              ElementsAre("r.io/app: image `app`"));
  kaniko.args = {"--no-push"};
  EXPECT_THAT(PushTargetsOf(*image), IsEmpty());
}

class PushTargetsTest : public ::testing::Test {
 protected:
  PushTargetsTest() {
    plan_.images.push_back(Image("app"));
    plan_.images[0]->kaniko.Mutable().cache = false;
  }
  plan::ImagePlan& image() { return *plan_.images[0]; }
  std::vector<std::string> Targets(const PullSecrets& secrets = {}) {
    builds_ = BuildsOf(plan_, "ns", [&](const std::string&) {
      return absl::string_view(engine_);
    });
    return Lines(PushTargets(builds_, secrets));
  }

  plan::Plan plan_;
  std::string engine_ = "kubernetes";
  std::vector<Build> builds_;
};

TEST_F(PushTargetsTest, OurLogin) {
  image().spec.docker_config = R"({"auths":{"r.io":{"auth":"YTpi"}}})";
  image().kaniko.Mutable().service_account = "builder";
  EXPECT_THAT(Targets(), ElementsAre("r.io/app: image `app`; login "
                                     R"({"auths":{"r.io":{"auth":"YTpi"}}})"));
}

TEST_F(PushTargetsTest, AnotherLogin) {
  EXPECT_THAT(Targets(), ElementsAre("r.io/app: image `app`"));
  image().kaniko.Mutable().service_account = "builder";
  EXPECT_THAT(Targets(),
              ElementsAre("r.io/app: image `app`; the build may log in as "
                          "service account `builder`"));
  image().kaniko.Mutable().skip_pull_secret_mount = true;
  EXPECT_THAT(Targets(), ElementsAre("r.io/app: image `app`; the build has "
                                     "credentials of its own in the cluster"));
  engine_ = "local";
  EXPECT_THAT(Targets(), ElementsAre("r.io/app: image `app`"));
}

TEST_F(PushTargetsTest, TheLoginOfAPullSecret) {
  image().spec.docker_config = "ours";
  image().kaniko.Mutable().pull_secret = "login";
  image().push_registries = {"r.io"};
  EXPECT_THAT(Targets(), ElementsAre("r.io/app: image `app`; pull secret "
                                     "`login` is missing or cannot be read"));
  PullSecrets secrets;
  secrets[{"ns", "login"}].docker_config =
      R"({"auths":{"r.io":{"auth":"YTpi"}}})";
  EXPECT_THAT(Targets(secrets),
              ElementsAre("r.io/app: image `app`; login "
                          R"({"auths":{"r.io":{"auth":"YTpi"}}})"));
  const auto requests = PullSecretRequests(builds_);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].name_space, "ns");
  EXPECT_THAT(requests[0].pushed, ElementsAre("r.io"));
}

TEST_F(PushTargetsTest, EachOnce) {
  plan_.images.push_back(Image("web"));
  plan_.images[1]->spec.image = "r.io/app";
  plan_.images[1]->kaniko.Mutable().cache = false;
  plan_.images.push_back(Image("own"));
  plan_.images[2]->builder = plan::Builder::kCustom;
  EXPECT_THAT(Targets(), ElementsAre("r.io/app: image `app`, image `web`"));
}

TEST_F(PushTargetsTest, ACertificateOfTheCluster) {
  image().kaniko.Mutable().registry_certificates.emplace_back();
  config::RegistryCertificate& certificate =
      image().kaniko.Mutable().registry_certificates[0];
  certificate.registry = "r.io";
  certificate.config_map = "registry-ca";
  certificate.key = "ca.crt";
  Targets();
  const std::vector<PushTarget> targets = PushTargets(builds_, {});
  ASSERT_EQ(targets.size(), 1u);
  EXPECT_EQ(targets[0].ca_config_map, "registry-ca");
  EXPECT_EQ(targets[0].ca_key, "ca.crt");
  EXPECT_EQ(targets[0].name_space, "ns");
}

}  // namespace
}  // namespace ovenbird::doctor
