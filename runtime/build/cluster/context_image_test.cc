#include "runtime/build/cluster/context_image.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/file.h"
#include "runtime/base/format_text.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/context_image_record.h"
#include "runtime/context/fingerprint.h"
#include "runtime/context/parts.h"
#include "runtime/context/walk.h"
#include "runtime/registry/client.h"
#include "runtime/registry/image.h"
#include "runtime/registry/index.h"
#include "runtime/registry/reference.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using registry::testing::RealRegistry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::SizeIs;

// Path -> type, mode, time and content of all below a folder.
using Tree = std::map<std::string, std::string>;

std::string Describe(const fs::path& path) {
  struct stat info;
  EXPECT_EQ(lstat(path.c_str(), &info), 0) << path;
  if (S_ISLNK(info.st_mode)) {
    return absl::StrCat("link to ", fs::read_symlink(path).string());
  }
  if (S_ISDIR(info.st_mode)) {
    return absl::StrCat("folder ", info.st_mode & 07777);
  }
  const absl::StatusOr<std::string> content = ReadFile(path);
  EXPECT_THAT(content, IsOk());
  return absl::StrCat("file ", info.st_mode & 07777, " ", info.st_mtime, " ",
                      *content);
}

Tree TreeOf(const std::string& folder) {
  Tree tree;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    tree[fs::relative(entry.path(), folder)] = Describe(entry.path());
  }
  return tree;
}

class ContextImageTest : public ::testing::Test {
 protected:
  ContextImageTest() {
    json::Value config;
    config.Set("Entrypoint", json::Array{"/kaniko/executor"});
    // A tar with one empty file, "kaniko/executor".
    std::string layer(1024 + 512, '\0');
    layer.replace(0, 15, "kaniko/executor");
    layer.replace(100, 7, "0000755");
    layer.replace(108, 7, "0000000");
    layer.replace(116, 7, "0000000");
    layer.replace(124, 11, "00000000000");
    layer.replace(136, 11, "00000000000");
    layer.replace(148, 8, "        ");
    layer[156] = '0';
    unsigned sum = 0;
    for (size_t i = 0; i < 512; ++i) sum += static_cast<uint8_t>(layer[i]);
    layer.replace(148, 7, FormatText("%06o", sum) + '\0');
    registry_.PushImage("kaniko/executor", "v1", {layer}, config);
  }

  void Write(const std::string& path, const std::string& content,
             mode_t mode = 0644) {
    const fs::path full = absl::StrCat(folder_, "/", path);
    fs::create_directories(full.parent_path());
    ASSERT_THAT(WriteFile(full, content), IsOk());
    ASSERT_EQ(chmod(full.c_str(), mode), 0);
  }

  absl::StatusOr<ContextImage> Push(
      const std::vector<context::MemoryFile>& files = {}) {
    absl::StatusOr<context::WalkResult> walk = context::Walk(folder_);
    EXPECT_THAT(walk, IsOk());
    const auto found = context::ComputeFingerprint(walk->listing, files, {});
    EXPECT_THAT(found, IsOk());
    ContextImageRequest request = {
        .listing = walk->listing,
        .files = files,
        .records = found->records,
        .executor = executor_,
        .platforms = platforms_,
        .repository = absl::StrCat(registry_.domain(), "/contexts"),
        .tag = "context-1",
        .record_path = record_,
        .logins = logins_,
        .cancel = &*cancel_,
        .on_layer = on_layer_,
        .part_size = part_size_,
    };
    if (is_fresh_) {
      for (const char* end : {"", ".files", ".layers"}) {
        fs::remove(absl::StrCat(record_, end));
      }
      request.claimed = FindClaimedLayers(request);
      unknown_ = UnknownContent(request);
    }
    return PushContextImage(request);
  }

  // Lets the layers of the image under the tag say that they hold other parts.
  void SwapClaims() {
    registry::Client client(registry_.domain(), {});
    const auto manifest = client.Get("contexts", "context-1");
    ASSERT_THAT(manifest, IsOk());
    json::Value changed = *json::Parse(manifest->bytes);
    json::Array layers = changed["layers"].items();
    std::vector<json::Value> claims;
    for (const json::Value& layer : layers) {
      if (!layer["annotations"].is_null()) {
        claims.push_back(layer["annotations"]);
      }
    }
    ASSERT_GT(claims.size(), 1);
    for (json::Value& layer : layers) {
      if (layer["annotations"].is_null()) continue;
      layer.Set("annotations", claims.back());
      claims.pop_back();
    }
    changed.Set("layers", std::move(layers));
    ASSERT_THAT(client.Put("contexts", "context-1", manifest->media_type,
                           json::Write(changed)),
                IsOk());
  }

  // Pushes as another run does.
  absl::StatusOr<ContextImage> PushAnew() {
    cancel_.emplace();
    on_layer_ = nullptr;
    return Push();
  }

  // The context in the image, as a container would see it.
  Tree Pulled(const std::string& image) {
    const auto reference = registry::ParseReference(image);
    EXPECT_THAT(reference, IsOk());
    registry::Client client(reference->domain, {});
    const auto manifest = client.Get(reference->path, reference->TagOrDigest());
    EXPECT_THAT(manifest, IsOk());
    const std::string to = NewFolder();
    EXPECT_THAT(registry::PullImage(client, reference->path, *manifest, to,
                                    [](int, int) {}),
                IsOk());
    EXPECT_TRUE(fs::exists(to + "/rootfs/kaniko/executor"));
    Tree tree = TreeOf(to + "/rootfs/kaniko/context");
    fs::remove_all(to);
    return tree;
  }

  RealRegistry registry_;
  const std::string folder_ = NewFolder();
  const std::string record_ = NewFolder() + "/record";
  std::string executor_ =
      absl::StrCat(registry_.domain(), "/kaniko/executor:v1");
  std::vector<Platform> platforms_ = {registry::HostPlatform()};
  registry::DockerConfig logins_;
  std::optional<Cancellation> cancel_{std::in_place};
  LayerProgress on_layer_;
  uint64_t part_size_ = context::kPartSize;
  // The machine has no record.
  bool is_fresh_ = false;
  uint64_t unknown_ = 0;
};

TEST_F(ContextImageTest, TheFirstPushHasAllFiles) {
  Write("a", "content");
  Write("d/run.sh", "#!/bin/sh", 0755);
  fs::create_directory(folder_ + "/empty");
  fs::create_symlink("../a", folder_ + "/d/link");
  fs::create_hard_link(folder_ + "/a", folder_ + "/hard");
  const auto image = Push();
  ASSERT_THAT(image, IsOk());
  EXPECT_TRUE(image->is_whole);
  EXPECT_THAT(image->image, HasSubstr("/contexts@sha256:"));
  EXPECT_EQ(Pulled(image->image), TreeOf(folder_));
  EXPECT_EQ(registry_.OpenUploads(), 0);
}

TEST_F(ContextImageTest, TheSecondPushHasWhatChanged) {
  for (int i = 0; i < 50; ++i) {
    Write(absl::StrCat("d", i, "/f"), std::string(20000, 'a' + i % 26));
  }
  const auto first = Push();
  ASSERT_THAT(first, IsOk());
  Write("d7/f", "changed");
  fs::remove_all(folder_ + "/d8");
  const auto second = Push();
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second->is_whole);
  EXPECT_LT(second->pushed, 2000);
  EXPECT_EQ(Pulled(second->image), TreeOf(folder_));
  // Nothing has changed: the same image, and nothing is pushed.
  const auto third = Push();
  ASSERT_THAT(third, IsOk());
  EXPECT_EQ(third->image, second->image);
  EXPECT_EQ(third->pushed, 0);
}

TEST_F(ContextImageTest, TheSameContextIsTheSameImage) {
  Write("a", "1");
  const auto first = Push();
  ASSERT_THAT(first, IsOk());
  fs::remove(record_);
  const auto second = Push();
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(second->is_whole);
  EXPECT_EQ(second->image, first->image);
}

TEST_F(ContextImageTest, AnotherMachineSendsNothingOfTheSameFiles) {
  part_size_ = 64 << 10;
  for (int i = 10; i < 60; ++i) {
    Write(absl::StrCat("d", i, "/f"), std::string(20000, 'a' + i % 26));
  }
  ASSERT_THAT(Push(), IsOk());
  is_fresh_ = true;
  const auto same = Push();
  ASSERT_THAT(same, IsOk());
  EXPECT_TRUE(same->is_whole);
  EXPECT_EQ(same->pushed, 0);
  EXPECT_EQ(unknown_, 0);
  // After a change, the layers that it is not in are there.
  Write("d20/f", std::string(20000, '!'));
  const auto changed = Push();
  ASSERT_THAT(changed, IsOk());
  EXPECT_GT(changed->pushed, 0);
  EXPECT_LT(unknown_, 3 * part_size_);
  EXPECT_EQ(Pulled(changed->image), TreeOf(folder_));
  is_fresh_ = false;
  ASSERT_THAT(Push(), IsOk());
}

TEST_F(ContextImageTest, WhatTheRegistrySaysIsNotTrusted) {
  part_size_ = 64 << 10;
  for (int i = 10; i < 30; ++i) {
    Write(absl::StrCat("d", i, "/f"), std::string(20000, 'a' + i % 26));
  }
  const auto first = Push();
  ASSERT_THAT(first, IsOk());
  SwapClaims();
  is_fresh_ = true;
  const auto again = Push();
  ASSERT_THAT(again, IsOk());
  EXPECT_GT(again->pushed, 0);
  EXPECT_EQ(again->image, first->image);
  EXPECT_EQ(Pulled(again->image), TreeOf(folder_));
}

TEST_F(ContextImageTest, AStoppedPushGoesOn) {
  part_size_ = 64 << 10;
  for (int i = 10; i < 90; ++i) {
    Write(absl::StrCat("d", i, "/f"), std::string(20000, 'a' + i % 26));
  }
  std::vector<size_t> pushed;
  on_layer_ = [&](size_t done, size_t all, bool was_pushed) {
    EXPECT_TRUE(was_pushed);
    pushed.push_back(done);
    EXPECT_GT(all, 20);
    if (done == 7) cancel_->Cancel();
  };
  EXPECT_THAT(Push(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(pushed.size(), 7);
  const auto complete = PushAnew();
  ASSERT_THAT(complete, IsOk());
  EXPECT_TRUE(complete->is_whole);
  EXPECT_EQ(Pulled(complete->image), TreeOf(folder_));
  // The same from nothing: the layers that were there have not been sent.
  fs::remove(record_ + ".layers");
  fs::remove(record_);
  const auto all = PushAnew();
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->image, complete->image);
  EXPECT_LT(complete->pushed, all->pushed);
  EXPECT_GT(complete->pushed, 0);
}

TEST_F(ContextImageTest, APartThatTheRegistryLostIsSentAgain) {
  Write("a", "1");
  ASSERT_THAT(Push(), IsOk());
  fs::remove(record_);
  const auto known = Push();
  ASSERT_THAT(known, IsOk());
  EXPECT_EQ(known->pushed, 0);
  // As if it had been deleted: it names another one.
  const std::string path = record_ + ".layers";
  std::string text = *ReadFile(path);
  text.replace(text.find("sha256:") + 7, 64, std::string(64, '1'));
  ASSERT_THAT(WriteFile(path, text), IsOk());
  fs::remove(record_);
  const auto again = Push();
  ASSERT_THAT(again, IsOk());
  EXPECT_GT(again->pushed, 0);
  EXPECT_EQ(again->image, known->image);
}

// A path of a tree with five entries in each folder, in four levels.
std::string AnyPath(const std::string& folder, std::mt19937& random) {
  std::string path = folder;
  // The lower levels have most of the files.
  const int depth = 4 - static_cast<int>(random() % 16 == 0) * 2 -
                    static_cast<int>(random() % 4 == 0);
  for (int i = 0; i < depth; ++i) {
    absl::StrAppend(&path, "/", std::string(1, 'a' + random() % 5));
  }
  return path;
}

// One change of a tree that a user may make.
void Edit(const std::string& folder, std::mt19937& random) {
  const std::string path = AnyPath(folder, random);
  std::error_code error;
  switch (random() % 7) {
    case 0:
      fs::remove_all(path, error);
      return;
    case 1:
      fs::rename(path, AnyPath(folder, random), error);
      return;
    case 2:
      fs::create_directories(path, error);
      return;
    case 3:
      fs::remove(path, error);
      fs::create_symlink("target" + std::to_string(random() % 3), path, error);
      return;
    case 4:
      if (fs::exists(path) && !fs::is_symlink(path)) {
        const bool is_folder = fs::is_directory(path);
        chmod(path.c_str(), random() % 2 == 0 ? 0700 : is_folder ? 0755 : 0640);
      }
      return;
    default:
      fs::create_directories(fs::path(path).parent_path(), error);
      if (fs::is_directory(path) || fs::is_symlink(path)) {
        fs::remove_all(path, error);
      }
      (void)WriteFile(path, std::to_string(random()));
  }
}

// Adds files until there are 500, as after a switch to another branch.
void Fill(const std::string& folder, std::mt19937& random) {
  size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  if (files > 350) return;
  for (int i = 0; i < 20000 && files < 500; ++i) {
    const std::string path = AnyPath(folder, random);
    std::error_code error;
    if (fs::exists(fs::symlink_status(path))) continue;
    fs::create_directories(fs::path(path).parent_path(), error);
    files += WriteFile(path, std::to_string(random())).ok() ? 1 : 0;
  }
}

// Any sequence of edits gives the tree. --test_env=EDIT_ROUNDS=200 makes it
// long.
TEST_F(ContextImageTest, AnySequenceOfEditsGivesTheTree) {
  const char* set = getenv("EDIT_ROUNDS");
  int rounds = 24;  // Some pushes after the one that pushes all again.
  ASSERT_TRUE(set == nullptr || absl::SimpleAtoi(set, &rounds));
  part_size_ = 64 << 10;  // some layers
  std::mt19937 random(20261129);
  Fill(folder_, random);
  int differences = 0;
  size_t changed = 0;
  for (int round = 0; round < rounds; ++round) {
    const int edits = 1 + random() % 6;
    for (int i = 0; i < edits; ++i) Edit(folder_, random);
    Fill(folder_, random);
    const auto image = Push();
    ASSERT_THAT(image, IsOk());
    if (!image->is_whole) {
      ++differences;
      changed += image->changed;
    }
    ASSERT_EQ(Pulled(image->image), TreeOf(folder_)) << "round " << round;
  }
  EXPECT_GT(differences, rounds / 2);
  EXPECT_LT(differences, rounds);
  std::cout << rounds << " rounds, " << differences << " by a difference, with "
            << changed << " files and folders changed\n";
}

TEST_F(ContextImageTest, AfterTwentyDifferencesAllIsPushedAnew) {
  Write("large", std::string(1000000, 'x'));
  std::vector<int> whole;
  for (int i = 0; i < 23; ++i) {
    Write("a", std::to_string(i));
    const auto image = Push();
    ASSERT_THAT(image, IsOk());
    if (image->is_whole) whole.push_back(i);
  }
  EXPECT_EQ(whole, (std::vector<int>{0, 21}));
}

TEST_F(ContextImageTest, WhatNoBuildSeesIsPulledForAWhileOnly) {
  Write("a", std::string(1000, 'x'));
  Write("b", std::string(1000, 'x'));
  EXPECT_TRUE(Push()->is_whole);
  Write("a", std::string(1000, 'y'));
  EXPECT_FALSE(Push()->is_whole);
  Write("b", std::string(1000, 'y'));
  EXPECT_TRUE(Push()->is_whole);
}

TEST_F(ContextImageTest, ARegistryThatLostALayerGetsAllAnew) {
  Write("a", "1");
  Write("b", std::string(1000, 'x'));
  ASSERT_THAT(Push(), IsOk());
  // As if the layer had been deleted: it names another one.
  auto record = LoadContextImageRecord(record_);
  ASSERT_TRUE(record.has_value());
  json::Array layers = record->images[0].manifest["layers"].items();
  layers.back().Set("digest", absl::StrCat("sha256:", std::string(64, '1')));
  record->images[0].manifest.Set("layers", std::move(layers));
  ASSERT_THAT(SaveContextImageRecord(*record, record_), IsOk());
  Write("a", "2");
  const auto image = Push();
  ASSERT_THAT(image, IsOk());
  EXPECT_TRUE(image->is_whole);
  EXPECT_EQ(Pulled(image->image), TreeOf(folder_));
}

TEST_F(ContextImageTest, AnotherExecutorOrRepositoryStartsAnew) {
  Write("a", "1");
  ASSERT_THAT(Push(), IsOk());
  json::Value config;
  registry_.PushImage("kaniko/executor", "v2", {}, config);
  executor_ = absl::StrCat(registry_.domain(), "/kaniko/executor:v2");
  EXPECT_TRUE(Push()->is_whole);
}

TEST_F(ContextImageTest, TheExecutorMayBeInAnotherRegistry) {
  RealRegistry other;
  json::Value config;
  config.Set("Entrypoint", json::Array{"/kaniko/other"});
  other.PushImage("executor", "v1", {}, config);
  executor_ = absl::StrCat(other.domain(), "/executor:v1");
  Write("a", "1");
  const auto image = Push();
  ASSERT_THAT(image, IsOk());
  const auto reference = registry::ParseReference(image->image);
  registry::Client client(reference->domain, {});
  const auto manifest = client.Get(reference->path, reference->TagOrDigest());
  ASSERT_THAT(manifest, IsOk());
  EXPECT_THAT(manifest->bytes, HasSubstr("image.layer.v1.tar+gzip"));
}

TEST_F(ContextImageTest, AnExecutorForAnotherPlatformIsRefused) {
  Write("a", "1");
  platforms_ = {{"linux", "s390x", ""}};
  EXPECT_THAT(Push(),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("and the node's platform is linux/s390x")));
}

TEST_F(ContextImageTest, ANodeMayBeUnknown) {
  Write("a", "1");
  platforms_.clear();
  const auto image = Push();
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(Pulled(image->image), TreeOf(folder_));
}

// An executor with images for two platforms; the second one's layers are empty.
class ManyPlatformsTest : public ContextImageTest {
 protected:
  ManyPlatformsTest() {
    registry::Client client(registry_.domain(), {});
    const std::string amd64 = client.Head("kaniko/executor", "v1")->digest;
    json::Value image;
    image.Set("architecture", "arm64");
    image.Set("os", "linux");
    image.Set("variant", "v8");
    const std::string config = json::Write(image, false);
    json::Value descriptor;
    descriptor.Set("mediaType", "application/vnd.oci.image.config.v1+json");
    descriptor.Set("digest", registry_.PushBlob("kaniko/executor", config));
    descriptor.Set("size", static_cast<int64_t>(config.size()));
    json::Value manifest;
    manifest.Set("schemaVersion", 2);
    manifest.Set("mediaType", "application/vnd.oci.image.manifest.v1+json");
    manifest.Set("config", std::move(descriptor));
    manifest.Set("layers", json::Array());
    const std::string arm64 =
        registry_.PushManifest("kaniko/executor", "arm", manifest);
    registry_.PushIndex("kaniko/executor", "all",
                        {{{"linux", "amd64", ""}, amd64},
                         {{"linux", "arm64", ""}, arm64},
                         {{"unknown", "unknown", ""}, arm64}});
    executor_ = absl::StrCat(registry_.domain(), "/kaniko/executor:all");
    platforms_.clear();
    for (int i = 0; i < 9; ++i) Write(absl::StrCat("f", i), "content");
  }

  // Platform -> digests of the layers.
  std::map<std::string, std::vector<std::string>> Images(
      const std::string& image) {
    const auto reference = registry::ParseReference(image);
    registry::Client client(reference->domain, {});
    const auto index = client.Get(reference->path, reference->TagOrDigest());
    EXPECT_THAT(index, IsOk());
    std::map<std::string, std::vector<std::string>> images;
    for (const auto& one : registry::ImagesOf(*json::Parse(index->bytes))) {
      const auto manifest = client.Get(reference->path, one.digest);
      EXPECT_THAT(manifest, IsOk());
      std::vector<std::string>& layers = images[one.platform.ToString()];
      const json::Value parsed = *json::Parse(manifest->bytes);
      for (const json::Value& layer : parsed["layers"].items()) {
        layers.emplace_back(layer["digest"].string_or());
      }
    }
    return images;
  }
};

TEST_F(ManyPlatformsTest, AnIndexOfImagesWithTheSameContext) {
  const auto first = Push();
  ASSERT_THAT(first, IsOk());
  auto images = Images(first->image);
  EXPECT_THAT(images, ElementsAre(Key("linux/amd64"), Key("linux/arm64")));
  // The executor's layer, and the context's.
  ASSERT_THAT(images["linux/amd64"], SizeIs(2));
  ASSERT_THAT(images["linux/arm64"], ElementsAre(images["linux/amd64"][1]));
  Write("f3", "changed");
  const auto second = Push();
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second->is_whole);
  EXPECT_NE(second->image, first->image);
  images = Images(second->image);
  ASSERT_THAT(images["linux/amd64"], SizeIs(3));
  ASSERT_THAT(images["linux/arm64"], SizeIs(2));
  EXPECT_EQ(images["linux/arm64"][1], images["linux/amd64"][2]);
}

TEST_F(ManyPlatformsTest, OnlyForThePlatformsOfTheNodes) {
  platforms_ = {{"linux", "arm64", ""}, {"linux", "s390x", ""}};
  const auto one = Push();
  ASSERT_THAT(one, IsOk());
  // Not an index.
  EXPECT_THAT(Images(one->image), IsEmpty());
  platforms_ = {{"linux", "amd64", ""}, {"linux", "arm64", ""}};
  EXPECT_THAT(Images(Push()->image), SizeIs(2));
  platforms_ = {{"linux", "s390x", ""}, {"linux", "ppc64le", ""}};
  EXPECT_THAT(Push(),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("has no image for linux/s390x,linux/ppc64")));
}

TEST_F(ContextImageTest, ANameThatLayersReserveIsRefused) {
  Write("d/.wh.x", "1");
  EXPECT_THAT(Push(), StatusIs(absl::StatusCode::kUnimplemented,
                               HasSubstr("`d/.wh.x`")));
}

TEST_F(ContextImageTest, EveryFileNeedsARecord) {
  Write("a", "1");
  const auto walk = context::Walk(folder_);
  ASSERT_THAT(walk, IsOk());
  EXPECT_THAT(PushContextImage({.listing = walk->listing,
                                .files = {},
                                .records = {},
                                .executor = executor_,
                                .repository = "r.io/contexts",
                                .tag = "context-1",
                                .record_path = record_,
                                .logins = logins_}),
              StatusIs(absl::StatusCode::kInternal));
}

TEST_F(ContextImageTest, ADamagedRecordIsNoRecord) {
  Write("a", "1");
  ASSERT_THAT(Push(), IsOk());
  ASSERT_THAT(WriteFile(record_ + ".files", "x"), IsOk());
  EXPECT_FALSE(LoadContextImageRecord(record_).has_value());
  EXPECT_TRUE(Push()->is_whole);
  ASSERT_THAT(WriteFile(record_, "{"), IsOk());
  EXPECT_TRUE(Push()->is_whole);
  EXPECT_FALSE(Push()->is_whole);
}

}  // namespace
}  // namespace ovenbird::build
