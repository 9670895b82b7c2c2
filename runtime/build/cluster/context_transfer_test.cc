#include "runtime/build/cluster/context_transfer.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/context/fingerprint.h"
#include "runtime/context/walk.h"
#include "runtime/kube/run_mount.h"
#include "runtime/net/http.h"
#include "runtime/net/testing/server.h"
#include "runtime/net/url.h"
#include "runtime/registry/image.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using registry::testing::RealRegistry;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Notes : public Observer {
 public:
  void Step(absl::string_view text) override { steps.emplace_back(text); }
  void Log(absl::string_view) override {}
  void Warn(absl::string_view text) override { warnings.emplace_back(text); }

  std::vector<std::string> steps;
  std::vector<std::string> warnings;
};

// Another address of a registry, where each upload takes a while.
class SlowRegistry {
 public:
  explicit SlowRegistry(const std::string& domain)
      : domain_(domain), server_([this](net::testing::Conversation& talk) {
          while (const auto request = talk.Next()) {
            if (!Answer(talk, *request)) return;
          }
        }) {}

  std::string domain() const { return server_.url().HostPort(); }
  // Returns the number of uploads.
  int uploads() const { return uploads_; }

 private:
  bool Answer(net::testing::Conversation& talk, const net::Request& request) {
    const auto url = net::ParseUrl(absl::StrCat("http://", domain_, "/"));
    EXPECT_THAT(url, IsOk());
    net::Request forwarded;
    forwarded.method = request.method;
    forwarded.target = request.target;
    forwarded.body = request.body;
    for (const char* name : {"Accept", "Content-Type", "Content-Range"}) {
      const absl::string_view value = net::FindHeader(request.headers, name);
      if (!value.empty()) forwarded.headers.emplace_back(name, value);
    }
    if (request.method == "PUT" && absl::StrContains(request.target, "/blobs"))
      ++uploads_;
    absl::SleepFor(absl::Milliseconds(request.method == "PUT" ? 400 : 0));
    const auto answer = (*net::NewClient(*url, net::TlsOptions()))
                            ->Send(forwarded, absl::Seconds(20));
    if (!answer.ok()) return false;
    net::Headers headers;
    for (const char* name :
         {"Location", "Docker-Content-Digest", "Content-Type", "Range"}) {
      const std::string value = absl::StrReplaceAll(
          answer->Header(name), {{domain_, server_.url().HostPort()}});
      if (!value.empty()) headers.emplace_back(name, value);
    }
    return talk.Reply(answer->status, answer->body, headers);
  }

  const std::string domain_;
  std::atomic<int> uploads_{0};
  net::testing::Server server_;
};

class ContextTransferTest : public ::testing::Test {
 protected:
  ContextTransferTest() {
    registry_.PushImage("executor", "v1.24.0", {}, json::Object());
    options_.owner = {.user = "me", .host = "here", .key = ""};
    options_.record_folder = [this] { return records_; };
    config::Kaniko& kaniko = plan_.kaniko.Mutable();
    kaniko.image = absl::StrCat(registry_.domain(), "/executor:v1.24.0");
    kaniko.context_repo = absl::StrCat(registry_.domain(), "/contexts");
    plan_.key = "app";
    plan_.spec.key = "app";
    plan_.spec.image = absl::StrCat(registry_.domain(), "/app");
    plan_.spec.kaniko = &*plan_.kaniko;
    EXPECT_THAT(WriteFile(folder_ + "/a", "1"), IsOk());
  }

  // Writes files that are parts of a context of their own.
  void WriteLarge(int count) {
    for (int i = 0; i < count; ++i) {
      EXPECT_THAT(WriteFile(absl::StrCat(folder_, "/large", i),
                            std::string(12 << 20, 'a' + i)),
                  IsOk());
    }
  }

  // Prepares a build as it is after the last change of the folder.
  kube::BuildSpec Prepare() {
    auto walk = context::Walk(folder_);
    EXPECT_THAT(walk, IsOk());
    plan_.listing = std::move(walk->listing);
    plan_.file_records =
        context::ComputeFingerprint(plan_.listing, {}, {})->records;
    kube::BuildSpec spec = plan_.spec;
    ContextTransfer transfer(plan_, options_, notes_, cancel_,
                             [this] { return nodes_; });
    transfer.Prepare(spec);
    if (was_sent_) transfer.OnContextSent();
    transfer.Finish();
    return spec;
  }

  RealRegistry registry_;
  const std::string folder_ = NewFolder();
  const std::string records_ = NewFolder();
  plan::ImagePlan plan_;
  ContextTransferOptions options_;
  ClusterNodes nodes_;
  bool was_sent_ = true;
  Notes notes_;
  Cancellation cancel_;
};

TEST_F(ContextTransferTest, WithoutARepositoryNothingIsPushed) {
  plan_.kaniko.Mutable().context_repo.clear();
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_THAT(notes_.steps, IsEmpty());
  EXPECT_THAT(notes_.warnings, IsEmpty());
  plan_.kaniko.Mutable().context_transfer = config::ContextTransfer::kRegistry;
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_THAT(
      notes_.warnings,
      ElementsAre(HasSubstr("no repository is set: set `contextRepo`")));
}

TEST_F(ContextTransferTest, ExecIsTheUsersChoice) {
  plan_.kaniko.Mutable().context_transfer = config::ContextTransfer::kExec;
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_THAT(notes_.warnings, IsEmpty());
}

TEST_F(ContextTransferTest, ASmallContextIsPushedAtOnceThenWhatChanged) {
  EXPECT_THAT(
      Prepare().context_image,
      StartsWith(absl::StrCat(registry_.domain(), "/contexts@sha256:")));
  EXPECT_THAT(notes_.steps,
              ElementsAre(AllOf(HasSubstr(": 1 files and folders"),
                                HasSubstr(" kB pushed"))));
  EXPECT_THAT(WriteFile(folder_ + "/b", "2"), IsOk());
  EXPECT_FALSE(Prepare().context_image.empty());
  EXPECT_THAT(notes_.steps.back(),
              HasSubstr(": 1 changed of 2 files and folders"));
  EXPECT_THAT(notes_.warnings, IsEmpty());
}

TEST_F(ContextTransferTest, ALargeContextIsPushedForTheNextBuild) {
  EXPECT_THAT(WriteFile(folder_ + "/large", std::string(20 << 20, 'x')),
              IsOk());
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_THAT(notes_.steps, ElementsAre(HasSubstr("pushing the context to ")));
  EXPECT_FALSE(Prepare().context_image.empty());
  EXPECT_THAT(notes_.warnings, IsEmpty());
}

TEST_F(ContextTransferTest, TheBuildDoesNotWaitForASlowPush) {
  WriteLarge(6);
  SlowRegistry slow(registry_.domain());
  plan_.kaniko.Mutable().context_repo = absl::StrCat(slow.domain(), "/slow");
  // Each build pushes some of the layers, none of them twice.
  int builds = 0;
  while (Prepare().context_image.empty()) ASSERT_LT(++builds, 20);
  EXPECT_GT(builds, 1);
  EXPECT_THAT(notes_.warnings, IsEmpty());
  EXPECT_THAT(notes_.steps, Contains(HasSubstr("layers; the next build goes")));
  // The layers, what was stopped, and the image's configuration.
  EXPECT_LE(slow.uploads(), 6 + builds + 1);
  EXPECT_LE(builds, 6);
}

TEST_F(ContextTransferTest, WithoutSendingNothingIsPushed) {
  WriteLarge(2);
  was_sent_ = false;
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_THAT(notes_.steps, IsEmpty());
}

TEST_F(ContextTransferTest, WhoAsksForTheRegistryWaitsForIt) {
  EXPECT_THAT(WriteFile(folder_ + "/large", std::string(20 << 20, 'x')),
              IsOk());
  plan_.kaniko.Mutable().context_transfer = config::ContextTransfer::kRegistry;
  EXPECT_FALSE(Prepare().context_image.empty());
}

TEST_F(ContextTransferTest, BindMountsNeedTheContextInThePod) {
  plan_.spec.run_mounts.emplace_back().target = "/in";
  EXPECT_NE(Prepare().context_image, "");
  EXPECT_THAT(notes_.warnings, IsEmpty());
  plan_.spec.run_mounts.back().kind = kube::RunMount::kContext;
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_THAT(notes_.warnings,
              ElementsAre("the context is sent into the pod, not through a "
                          "registry: RUN --mount=type=bind needs the context "
                          "as a volume"));
  plan_.spec.run_mounts.clear();
  auto rewritten = std::make_shared<rewrite::Rewritten>();
  rewritten->text = "RUN cp /context/a /a";
  plan_.rewritten = rewritten;
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_THAT(notes_.warnings.back(),
              HasSubstr("a RUN copies files from the context's volume"));
}

TEST_F(ContextTransferTest, ARegistryThatRefusesIsAReason) {
  plan_.kaniko.Mutable().context_repo =
      absl::StrCat(registry_.domain(), "/Not/Allowed");
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_EQ(notes_.warnings.size(), 1);
}

TEST_F(ContextTransferTest, UsersAndPlatformsHaveImagesOfTheirOwn) {
  Prepare();
  options_.owner.user = "another";
  Prepare();
  EXPECT_THAT(notes_.steps.back(), HasSubstr(": 1 files and folders"));
  options_.owner.user = "me";
  nodes_.architectures = {{registry::HostArchitecture(), 2}};
  Prepare();
  EXPECT_THAT(notes_.steps.back(), HasSubstr(": 1 files and folders"));
  EXPECT_EQ(notes_.steps.size(), 3);
}

TEST_F(ContextTransferTest, AfterTheNodeRefusedItItIsSent) {
  kube::BuildSpec spec = Prepare();
  ContextTransfer transfer(plan_, options_, notes_, cancel_,
                           [] { return ClusterNodes(); });
  transfer.GiveUp("401 Unauthorized", spec);
  EXPECT_EQ(spec.context_image, "");
  EXPECT_THAT(notes_.warnings,
              ElementsAre(HasSubstr("the node does not pull it (401 "
                                    "Unauthorized); the nodes must trust")));
}

TEST_F(ContextTransferTest, NodesThatMountImagesRunTheExecutorItself) {
  EXPECT_FALSE(Prepare().mounts_context);
  EXPECT_THAT(notes_.steps.back(),
              HasSubstr("the pod runs it as its image, because the nodes are "
                        "unknown"));
  nodes_.no_image_volumes = "";
  const kube::BuildSpec spec = Prepare();
  EXPECT_TRUE(spec.mounts_context);
  EXPECT_THAT(spec.context_image, HasSubstr("/contexts@sha256:"));
  EXPECT_THAT(notes_.steps.back(),
              AllOf(HasSubstr(": 0 changed of 1 files"),
                    HasSubstr(" pushed; the pod mounts it")));
  EXPECT_THAT(notes_.warnings, IsEmpty());
}

TEST_F(ContextTransferTest, AVolumeThatFailsIsAnImageThatRuns) {
  nodes_.no_image_volumes = "";
  kube::BuildSpec spec = Prepare();
  ContextTransfer transfer(plan_, options_, notes_, cancel_,
                           [this] { return nodes_; });
  const std::string image = spec.context_image;
  transfer.GiveUp("the volume is empty", spec);
  EXPECT_FALSE(spec.mounts_context);
  EXPECT_EQ(spec.context_image, image);
  EXPECT_THAT(notes_.warnings,
              ElementsAre("the pod runs the context as its image, because the "
                          "node does not mount it: the volume is empty"));
  // What cannot be pulled as a volume cannot be pulled at all.
  spec.mounts_context = true;
  transfer.GiveUp(absl::StrCat("failed to pull ", image), spec);
  EXPECT_EQ(spec.context_image, "");
  EXPECT_FALSE(spec.mounts_context);
  EXPECT_THAT(notes_.warnings.back(),
              HasSubstr("the node does not pull it (failed to pull "));
}

// A volume of the user's is no reason to run the context as an image.
TEST(RejectsContextVolumeTest, OnlyThatOfTheContext) {
  kube::Manifest manifest;
  manifest.pod.spec.emplace().volumes.resize(2);
  Failure failure;
  failure.rejected = {{"spec.volumes[1]", "must specify a volume type"}};
  EXPECT_FALSE(RejectsContextVolume(failure, manifest));
  manifest.pod.spec->volumes[1].image.emplace();
  EXPECT_TRUE(RejectsContextVolume(failure, manifest));
  failure.rejected[0].field = "spec.volumes[0].secret.secretName";
  EXPECT_FALSE(RejectsContextVolume(failure, manifest));
}

}  // namespace
}  // namespace ovenbird::build
