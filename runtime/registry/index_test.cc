#include "runtime/registry/index.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/platform.h"
#include "runtime/registry/image.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::RealRegistry;

constexpr char kDockerManifest[] =
    "application/vnd.docker.distribution.manifest.v2+json";
constexpr char kOciManifest[] = "application/vnd.oci.image.manifest.v1+json";

// Pushes an image without layers and returns it.
PlatformImage Push(RealRegistry& registry, const std::string& platform,
                   const std::string& type = kDockerManifest) {
  PlatformImage image{*ParsePlatform(platform), ""};
  json::Value rootfs;
  rootfs.Set("type", "layers");
  rootfs.Set("diff_ids", json::Array());
  json::Value config;
  config.Set("architecture", image.platform.architecture);
  config.Set("os", image.platform.os);
  config.Set("rootfs", rootfs);
  const std::string text = json::Write(config);
  json::Value blob;
  blob.Set("mediaType", type == kOciManifest
                            ? "application/vnd.oci.image.config.v1+json"
                            : "application/vnd.docker.container.image.v1+json");
  blob.Set("size", static_cast<int64_t>(text.size()));
  blob.Set("digest", registry.PushBlob("team/app", text));
  json::Value manifest;
  manifest.Set("schemaVersion", 2);
  manifest.Set("mediaType", type);
  manifest.Set("config", std::move(blob));
  manifest.Set("layers", json::Array());
  image.digest = registry.PushManifest(
      "team/app", absl::StrCat("v1-", image.platform.architecture), manifest);
  return image;
}

TEST(IndexTest, NamesTheImageOfEachPlatform) {
  RealRegistry registry({.user = "john", .password = "doe"});
  const PlatformImage amd64 = Push(registry, "linux/amd64");
  const PlatformImage arm = Push(registry, "linux/arm/v7");
  ClientOptions options;
  options.credentials.emplace();
  options.credentials->username = "john";
  options.credentials->password = "doe";
  Client client(registry.domain(), options);

  absl::StatusOr<Manifest> index = MakeIndex(client, "team/app", {amd64, arm});
  ASSERT_THAT(index, IsOk());
  EXPECT_EQ(index->media_type,
            "application/vnd.docker.distribution.manifest.list.v2+json");
  ASSERT_THAT(PushIndex(client, "team/app", *index, {"v1", "latest"}), IsOk());

  for (const char* tag : {"v1", "latest"}) {
    absl::StatusOr<Manifest> found = client.Get("team/app", tag);
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->digest, index->digest);
    EXPECT_EQ(found->media_type, index->media_type);
    EXPECT_EQ(found->bytes, index->bytes);
    EXPECT_EQ(
        FindImage(client, "team/app", tag, {"linux", "amd64", ""})->digest,
        amd64.digest);
    EXPECT_EQ(FindImage(client, "team/app", tag, {"linux", "arm", ""})->digest,
              arm.digest);
  }
  const json::Value value = *json::Parse(index->bytes);
  const json::Value& second = value["manifests"][1];
  EXPECT_EQ(
      second["size"].int_or(),
      static_cast<int64_t>(client.Get("team/app", arm.digest)->bytes.size()));
  EXPECT_EQ(json::Write(second["platform"]),
            R"({"architecture":"arm","os":"linux","variant":"v7"})");
  EXPECT_EQ(value["manifests"][0]["platform"]["variant"].string_or("none"),
            "none");
}

TEST(IndexTest, IsAnOciIndexUnlessAllImagesAreDockers) {
  RealRegistry registry;
  Client client(registry.domain(), {});
  const PlatformImage docker = Push(registry, "linux/amd64");
  const PlatformImage oci = Push(registry, "linux/arm64", kOciManifest);
  for (const std::vector<PlatformImage>& images :
       {std::vector{oci}, std::vector{docker, oci}}) {
    absl::StatusOr<Manifest> index = MakeIndex(client, "team/app", images);
    ASSERT_THAT(index, IsOk());
    EXPECT_EQ(index->media_type, "application/vnd.oci.image.index.v1+json");
    EXPECT_THAT(PushIndex(client, "team/app", *index, {"v1"}), IsOk());
    EXPECT_EQ(client.Head("team/app", "v1")->digest, index->digest);
  }
}

TEST(IndexTest, TakesOnlyImagesOfThePlatform) {
  RealRegistry registry;
  Client client(registry.domain(), {});
  const PlatformImage amd64 = Push(registry, "linux/amd64");
  PlatformImage claimed = amd64;
  claimed.platform = *ParsePlatform("linux/arm64");
  EXPECT_THAT(
      MakeIndex(client, "team/app", {claimed}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               absl::StrCat("team/app@", amd64.digest,
                            " was built for linux/arm64, but is an image for "
                            "linux/amd64")));

  absl::StatusOr<Manifest> index = MakeIndex(client, "team/app", {amd64});
  ASSERT_THAT(index, IsOk());
  ASSERT_THAT(PushIndex(client, "team/app", *index, {"v1"}), IsOk());
  EXPECT_EQ(
      MakeIndex(client, "team/app", {{amd64.platform, index->digest}})->bytes,
      index->bytes);
  EXPECT_THAT(
      MakeIndex(client, "team/app", {{claimed.platform, index->digest}}),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("linux/arm64")));

  const std::string none = absl::StrCat("sha256:", std::string(64, '0'));
  EXPECT_THAT(MakeIndex(client, "team/app", {{amd64.platform, none}}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(none)));
  EXPECT_THAT(MakeIndex(client, "team/app", {{amd64.platform, "v1-amd64"}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// A registry checks that it has what an index names.
TEST(IndexTest, AnErrorLeavesTheTagAlone) {
  RealRegistry registry;
  Client client(registry.domain(), {});
  const PlatformImage amd64 = Push(registry, "linux/amd64");
  const Manifest good = *MakeIndex(client, "team/app", {amd64});
  ASSERT_THAT(PushIndex(client, "team/app", good, {"v1"}), IsOk());

  Manifest bad = good;
  const size_t at = bad.bytes.find(amd64.digest) + 7;
  bad.bytes.replace(at, 64, 64, '0');
  EXPECT_THAT(PushIndex(client, "team/app", bad, {"v1", "v2"}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(absl::StrCat("push of the manifest of ",
                                                    registry.domain(),
                                                    "/team/app:v1: 400 Bad "
                                                    "Request: MANIFEST")))));
  EXPECT_EQ(client.Head("team/app", "v1")->digest, good.digest);
  EXPECT_THAT(client.Head("team/app", "v2"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(IndexTest, SaysWhoMayPush) {
  RealRegistry registry({.user = "john", .password = "doe"});
  Client client(registry.domain(), {});
  EXPECT_THAT(PushIndex(client, "team/app", {"", kOciManifest, "{}"}, {"v1"}),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       AllOf(HasSubstr("push of the manifest of "),
                             HasSubstr("; there are no credentials for "))));
}

}  // namespace
}  // namespace ovenbird::registry
