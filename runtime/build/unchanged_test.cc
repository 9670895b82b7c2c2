#include "runtime/build/unchanged.h"

#include <cstdlib>
#include <memory>
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
#include "runtime/context/file_records.h"
#include "runtime/registry/testing/real_registry.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string FreshFolder() {
  std::string path = absl::StrCat(testing::TempDir(), "/XXXXXX");
  EXPECT_NE(mkdtemp(&path[0]), nullptr);
  return path;
}

context::FileRecord File(const std::string& content) {
  context::FileRecord record;
  record.size = content.size();
  record.digest = Sha256Of(content);
  return record;
}

class UnchangedTest : public testing::Test {
 protected:
  UnchangedTest() {
    image_.key = "app";
    image_.spec.image = absl::StrCat(registry_.domain(), "/app");
    image_.spec.tags = {"1"};
    image_.fingerprint = "f1";
    image_.options = {{"build.kaniko.cache", "1"}, {"image", "2"}};
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

  Decision Decide(bool force = false) {
    UnchangedImages unchanged(records_, nullptr, force);
    return unchanged.Decide(image_, bases_, cancel_);
  }
  void Remember() {
    UnchangedImages unchanged(records_, nullptr, false);
    absl::Status status = unchanged.Remember(image_, bases_, digest_);
    ASSERT_TRUE(status.ok()) << status;
  }

  registry::testing::RealRegistry registry_;
  const std::string folder_ = FreshFolder();
  BuildRecords records_{folder_, ""};
  ImagePlan image_;
  Texts bases_;
  std::string digest_;
  Cancellation cancel_;
};

TEST_F(UnchangedTest, NothingIsKnownAtFirst) {
  const Decision decision = Decide();
  EXPECT_EQ(decision.digest, "");
  EXPECT_THAT(decision.why,
              ElementsAre("it was not built from this folder before"));
  EXPECT_EQ(decision.warning, "");
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
  image_.options = {{"build.kaniko.cache", "0"}, {"more", "1"}};
  image_.file_records = {};
  image_.file_records.Add("b", File("3"));
  image_.file_records.Add("c", File("4"));
  const Decision decision = Decide();
  EXPECT_EQ(decision.digest, "");
  EXPECT_THAT(decision.why,
              ElementsAre("option `build.kaniko.cache` has changed",
                          "option `image` has changed",
                          "option `more` has changed", "file `a` is gone",
                          "file `b` has changed", "file `c` is new"));
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
  EXPECT_EQ(decision.why[10], "so have 90 more files");
}

TEST_F(UnchangedTest, AnotherBaseImage) {
  bases_ = {{"base", "sha256:1"}};
  Remember();
  EXPECT_EQ(Decide().digest, digest_);
  bases_ = {{"base", "sha256:2"}};
  EXPECT_EQ(Decide().digest, "");
  EXPECT_THAT(Decide().why,
              ElementsAre("image `base`, which it starts from, is another"));
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
  EXPECT_THAT(Decide().why, ElementsAre(HasSubstr("can't be asked from here")));
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
    EXPECT_THAT(decision.warning, HasSubstr("builds.json")) << text;
    Remember();
    EXPECT_EQ(Decide().digest, digest_) << text;
  }
}

TEST_F(UnchangedTest, OtherVersionsRecordsAreNone) {
  Remember();
  ASSERT_TRUE(WriteFile(absl::StrCat(folder_, "/builds.json"),
                        "{\"version\": 2, \"builds\": [1]}")
                  .ok());
  EXPECT_EQ(Decide().digest, "");
  EXPECT_EQ(Decide().warning, "");
}

}  // namespace
}  // namespace ovenbird::build
