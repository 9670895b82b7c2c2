#include "runtime/build/cluster/context_transfer.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/context/fingerprint.h"
#include "runtime/context/walk.h"
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

class ContextTransferTest : public ::testing::Test {
 protected:
  ContextTransferTest() {
    registry_.PushImage("executor", "v1.24.0", {}, json::Object());
    options_.owner = {.user = "me", .host = "here", .process = ""};
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
    transfer.Finish();
    return spec;
  }

  RealRegistry registry_;
  const std::string folder_ = NewFolder();
  const std::string records_ = NewFolder();
  plan::ImagePlan plan_;
  ContextTransferOptions options_;
  NodeArchitectures nodes_;
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
  EXPECT_THAT(notes_.steps,
              ElementsAre(HasSubstr("for the next build at the same time"),
                          HasSubstr("waiting for the push of the context")));
  EXPECT_FALSE(Prepare().context_image.empty());
}

TEST_F(ContextTransferTest, WhoAsksForTheRegistryWaitsForIt) {
  EXPECT_THAT(WriteFile(folder_ + "/large", std::string(20 << 20, 'x')),
              IsOk());
  plan_.kaniko.Mutable().context_transfer = config::ContextTransfer::kRegistry;
  EXPECT_FALSE(Prepare().context_image.empty());
}

TEST_F(ContextTransferTest, VolumesOfRunNeedTheContextInThePod) {
  plan_.spec.run_mounts.emplace_back().target = "/in";
  EXPECT_EQ(Prepare().context_image, "");
  EXPECT_THAT(notes_.warnings,
              ElementsAre("the context is sent into the pod, not through a "
                          "registry: RUN --mount needs volumes that are "
                          "prepared in the pod"));
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
  nodes_ = {{registry::HostArchitecture(), 2}};
  Prepare();
  EXPECT_THAT(notes_.steps.back(), HasSubstr(": 1 files and folders"));
  EXPECT_EQ(notes_.steps.size(), 3);
}

TEST_F(ContextTransferTest, AfterTheNodeRefusedItItIsSent) {
  kube::BuildSpec spec = Prepare();
  ContextTransfer transfer(plan_, options_, notes_, cancel_,
                           [] { return NodeArchitectures(); });
  transfer.GiveUp("401 Unauthorized", spec);
  EXPECT_EQ(spec.context_image, "");
  EXPECT_THAT(notes_.warnings,
              ElementsAre(HasSubstr("the node does not pull it (401 "
                                    "Unauthorized); the nodes must trust")));
}

}  // namespace
}  // namespace ovenbird::build
