#include "runtime/build/unchanged.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/sha256.h"
#include "runtime/build/base_digests.h"
#include "runtime/build/build_record.h"
#include "runtime/context/file_records.h"
#include "runtime/plan/plan.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::NewFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

context::FileRecord File(const std::string& content) {
  context::FileRecord record;
  record.size = content.size();
  record.digest = Sha256Of(content);
  return record;
}

class UnchangedTest : public ::testing::Test {
 protected:
  UnchangedTest() {
    image_.key = "app";
    image_.spec.image = absl::StrCat(registry_.domain(), "/app");
    image_.spec.tags = {"1"};
    image_.fingerprint = "f1";
    image_.spec.build_args = {{"A", "1"}, {"B", "1"}};
    image_.file_records.Add("a", File("1"));
    image_.file_records.Add("b", File("2"));
    digest_ = Push("app", "1", "one");
  }

  std::string Push(const std::string& path, const std::string& tag,
                   const std::string& label) {
    json::Value config;
    config.Set("Labels", json::Value(json::Object{{"which", label}}));
    return registry_.PushImage(path, tag, {}, config);
  }

  // As a run that begins now.
  Decision Decide(bool force = false) {
    plan::Plan plan;
    plan.images.push_back(std::make_unique<plan::ImagePlan>());
    plan.images[0]->bases = image_.bases;
    BaseDigests base_digests(plan, nullptr, &cancel_);
    UnchangedImages unchanged(records_, nullptr, &base_digests, force);
    return unchanged.Decide(image_, built_, cancel_);
  }
  void Remember() {
    UnchangedImages unchanged(records_, nullptr, nullptr, false);
    absl::Status status =
        unchanged.Remember(image_, Decide(true).bases, digest_);
    ASSERT_TRUE(status.ok()) << status;
    // As at the end of a run: a write may have been put off.
    ASSERT_TRUE(records_.Flush().ok());
  }
  // Its tag is `1`.
  std::string AddBase(const std::string& domain, const std::string& path) {
    image_.bases.push_back(
        {absl::StrCat(domain, "/", path, ":1"), std::nullopt});
    return image_.bases.back().name;
  }

  registry::testing::RealRegistry registry_;
  const std::string folder_ = NewFolder();
  BuildRecords records_{folder_, "", [this] { return folder_; }};
  plan::ImagePlan image_;
  Texts built_;
  std::string digest_;
  Cancellation cancel_;
};

TEST_F(UnchangedTest, NothingIsKnownAtFirst) {
  const Decision decision = Decide();
  EXPECT_EQ(decision.digest, "");
  EXPECT_THAT(decision.why,
              ElementsAre("it was not built from this folder before"));
  EXPECT_THAT(decision.warnings, IsEmpty());
}

TEST_F(UnchangedTest, WhatIsStillThereServes) {
  Remember();
  EXPECT_EQ(Decide().digest, digest_);
  EXPECT_THAT(Decide().why, IsEmpty());
}

TEST_F(UnchangedTest, ForceBuilds) {
  Remember();
  EXPECT_EQ(Decide(true).digest, "");
  EXPECT_THAT(Decide(true).why, ElementsAre("--force"));
}

TEST_F(UnchangedTest, SaysWhatHasChanged) {
  Remember();
  image_.fingerprint = "f2";
  image_.kaniko.Mutable().cache = !image_.kaniko->cache;
  image_.spec.build_args = {{"A", "2"}, {"C", "1"}};
  image_.file_records = {};
  image_.file_records.Add("b", File("3"));
  image_.file_records.Add("c", File("4"));
  const Decision decision = Decide();
  EXPECT_EQ(decision.digest, "");
  EXPECT_THAT(
      decision.why,
      ElementsAre("option `build.kaniko.cache` has changed",
                  "option `build.kaniko.options.buildArgs.A` has changed",
                  "option `build.kaniko.options.buildArgs.B` has changed",
                  "option `build.kaniko.options.buildArgs.C` has changed",
                  "file `a` was deleted", "file `b` has changed",
                  "file `c` is new"));
}

TEST_F(UnchangedTest, NamesNotEachOfManyFiles) {
  Remember();
  image_.fingerprint = "f2";
  for (int i = 0; i < 100; ++i) {
    image_.file_records.Add(absl::StrCat("c", 100 + i), File("new"));
  }
  const Decision decision = Decide();
  ASSERT_THAT(decision.why, SizeIs(11));
  EXPECT_EQ(decision.why[9], "file `c109` is new");
  EXPECT_EQ(decision.why[10], "90 more files have changed");
}

TEST_F(UnchangedTest, AnotherBaseImageOfThisRun) {
  image_.bases = {{"r.io/base:1", 0}};
  built_ = {{"r.io/base:1", "sha256:1"}};
  Remember();
  EXPECT_EQ(Decide().digest, digest_);
  built_ = {{"r.io/base:1", "sha256:2"}};
  EXPECT_EQ(Decide().digest, "");
  EXPECT_THAT(Decide().why,
              ElementsAre("base image `r.io/base:1` has changed"));
}

TEST_F(UnchangedTest, ABaseImageThatChangesBehindItsTag) {
  Push("base", "1", "old");
  const std::string name = AddBase(registry_.domain(), "base");
  Remember();
  EXPECT_EQ(Decide().digest, digest_);
  Push("base", "1", "new");
  EXPECT_EQ(Decide().digest, "");
  EXPECT_THAT(Decide().why,
              ElementsAre(absl::StrCat("base image `", name, "` has changed")));
  Remember();
  EXPECT_EQ(Decide().digest, digest_);
}

// It was built together with this one before, or by another run now.
TEST_F(UnchangedTest, WhoHasBuiltTheBaseImageDoesNotMatter) {
  built_ = {{AddBase(registry_.domain(), "base"), Push("base", "1", "old")}};
  image_.bases[0].image = 0;
  Remember();
  built_.clear();
  image_.bases[0].image.reset();
  EXPECT_EQ(Decide().digest, digest_);
}

TEST_F(UnchangedTest, ABaseImageThatCannotBeAskedForIsNoReason) {
  AddBase("127.0.0.1:1", "base");  // Nobody listens there.
  Remember();
  const Decision decision = Decide();
  EXPECT_EQ(decision.digest, digest_);
  EXPECT_THAT(
      decision.warnings,
      ElementsAre(HasSubstr("cannot tell whether base image "
                            "`127.0.0.1:1/base:1` has changed (--force")));
}

// What could not be asked for this time is still what it was.
TEST_F(UnchangedTest, WhatIsKnownOfABaseImageIsKept) {
  BuildRecord record;
  record.fingerprint = image_.fingerprint;
  record.digest = digest_;
  record.bases = {{AddBase("127.0.0.1:1", "base"), "sha256:1"}};
  ASSERT_TRUE(records_.Put(image_.key, record).ok());
  EXPECT_EQ(Decide().digest, digest_);
  EXPECT_EQ(Decide().bases, record.bases);
}

TEST_F(UnchangedTest, ABaseImageThatWasNotKnownBefore) {
  Remember();
  Push("base", "1", "old");
  AddBase(registry_.domain(), "base");
  EXPECT_THAT(Decide().why,
              ElementsAre(HasSubstr("was not recorded by the earlier build")));
}

TEST_F(UnchangedTest, EveryTagIsAskedFor) {
  Remember();
  image_.spec.tags = {"1", "2"};
  EXPECT_EQ(Decide().digest, "");
  EXPECT_THAT(Decide().why, ElementsAre(HasSubstr("app:2")));
  EXPECT_EQ(Push("app", "2", "one"), digest_);
  EXPECT_EQ(Decide().digest, digest_);
}

TEST_F(UnchangedTest, AnotherImageUnderTheTag) {
  Remember();
  Push("app", "1", "two");
  EXPECT_EQ(Decide().digest, "");
  EXPECT_THAT(Decide().why, ElementsAre(HasSubstr("app:1")));
}

TEST_F(UnchangedTest, ARegistryThatCannotBeAsked) {
  image_.spec.image = "127.0.0.1:1/app";  // Nobody listens there.
  Remember();
  EXPECT_EQ(Decide().digest, "");
  EXPECT_THAT(Decide().why, ElementsAre(HasSubstr("cannot check whether")));
}

TEST_F(UnchangedTest, UnknownContent) {
  image_.fingerprint.clear();
  Remember();
  EXPECT_EQ(Decide().digest, "");
  EXPECT_THAT(Decide().why, SizeIs(1));
}

TEST_F(UnchangedTest, DamagedRecordsAreWrittenAnew) {
  Remember();
  const std::string path = absl::StrCat(folder_, "/builds.json");
  for (const char* text : {"", "{", "[]", "{\"version\": 1, \"builds\": "}) {
    ASSERT_TRUE(WriteFile(path, text).ok());
    Decision decision = Decide();
    EXPECT_EQ(decision.digest, "") << text;
    EXPECT_THAT(decision.warnings, ElementsAre(HasSubstr("builds.json")))
        << text;
    Remember();
    EXPECT_EQ(Decide().digest, digest_) << text;
  }
}

TEST_F(UnchangedTest, OtherVersionsRecordsAreNone) {
  Remember();
  ASSERT_TRUE(WriteFile(absl::StrCat(folder_, "/builds.json"),
                        "{\"version\": 1, \"builds\": [1]}")
                  .ok());
  EXPECT_EQ(Decide().digest, "");
  EXPECT_THAT(Decide().warnings, IsEmpty());
}

}  // namespace
}  // namespace ovenbird::build
