#include "runtime/build/cluster/context_cleanup.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/context_tag.h"
#include "runtime/registry/client.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using registry::testing::RealRegistry;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const ContextOwner kMe = {"me", "laptop", ""};
const ContextOwner kYou = {"you", "laptop", ""};

// Pushes an index that names an image, as the context of an owner.
std::string Push(RealRegistry& registry, const ContextOwner& owner,
                 const std::string& image) {
  json::Value config;
  config.Set("User", image + owner.user);
  const std::string digest =
      registry.PushImage("contexts", "another", {}, config);
  json::Value entry;
  entry.Set("mediaType",
            "application/vnd.docker.distribution.manifest.v2+json");
  entry.Set("digest", digest);
  entry.Set("size", 1);
  json::Value annotations;
  annotations.Set(kContextImageKey, image);
  annotations.Set(kContextFolder, "shop");
  json::Value index;
  index.Set("schemaVersion", 2);
  index.Set("mediaType", "application/vnd.oci.image.index.v1+json");
  index.Set("manifests", json::Array{entry});
  index.Set("annotations", annotations);
  const std::string tag = ContextTag(owner, "/src", {image});
  registry.PushManifest("contexts", tag, index);
  return tag;
}

TEST(ContextCleanupTest, FindsAndDeletesWhatIsTheOwners) {
  RealRegistry registry({.deletes = true});
  const std::string app = Push(registry, kMe, "app");
  const std::string web = Push(registry, kMe, "web");
  const std::string others = Push(registry, kYou, "app");
  registry::Client client(registry.domain(), {});
  const auto found = FindContexts(client, "contexts", kMe);
  ASSERT_THAT(found, IsOk());
  ASSERT_THAT(*found, SizeIs(2));
  const StoredContext& first = (*found)[0];
  EXPECT_EQ(first.description, first.tag == app ? "image `app`, folder `shop`"
                                                : "image `web`, folder `shop`");
  ASSERT_THAT(first.parts, SizeIs(1));
  for (const StoredContext& context : *found) {
    EXPECT_THAT(DeleteContext(client, "contexts", context), IsOk());
  }
  EXPECT_THAT(client.Head("contexts", first.parts[0]),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(client.ListTags("contexts"),
              IsOkAndHolds(UnorderedElementsAre("another", others)));
  EXPECT_THAT(FindContexts(client, "contexts", kMe), IsOkAndHolds(IsEmpty()));
}

TEST(ContextCleanupTest, TheRegistryMayNotDelete) {
  RealRegistry registry;
  Push(registry, kMe, "app");
  registry::Client client(registry.domain(), {});
  const auto found = FindContexts(client, "contexts", kMe);
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(DeleteContext(client, "contexts", (*found)[0]),
              StatusIs(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace ovenbird::build
