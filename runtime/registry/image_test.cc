#include "runtime/registry/image.h"

#include <stdlib.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/platform.h"
#include "runtime/base/sha256.h"
#include "runtime/base/subprocess.h"
#include "runtime/net/testing/server.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RealRegistry;

std::string Sh(const std::string& script) {
  Subprocess process;
  process.argv = {"sh", "-ec", script};
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  EXPECT_THAT(result, IsOk());
  EXPECT_TRUE(result->ok()) << script << "\n" << result->err;
  return result->out;
}

std::string NewFolder() {
  std::string folder = absl::StrCat(::testing::TempDir(), "/imageXXXXXX");
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  return folder;
}

class ImageTest : public ::testing::Test {
 protected:
  // Two layers; the second deletes a file of the first.
  std::string Push(const std::string& tag) {
    const std::string folder = NewFolder();
    json::Value config;
    config.Set("Env", json::Array{"A=1", "PATH=/bin"});
    config.Set("Entrypoint", json::Array{"/kaniko/executor"});
    config.Set("WorkingDir", "/workspace");
    return registry_.PushImage(
        "team/app", tag,
        {Sh(absl::StrCat("cd ", folder,
                         "; mkdir -p d; echo 1 > d/one; echo 2 > d/two; "
                         "tar -czf - d")),
         Sh(absl::StrCat("cd ", folder,
                         "; rm -r d; mkdir d; touch d/.wh.one; echo 3 > "
                         "d/three; tar --zstd -cf - d"))},
        config);
  }

  RealRegistry registry_;
};

TEST_F(ImageTest, PullsLayersAndConfig) {
  Push("v1");
  Client client(registry_.domain(), {});
  absl::StatusOr<Manifest> manifest =
      FindImage(client, "team/app", "v1", {"linux", "amd64", ""});
  ASSERT_THAT(manifest, IsOk());
  const std::string folder = NewFolder();
  std::string progress;
  ASSERT_THAT(PullImage(client, "team/app", *manifest, folder,
                        [&](int layer, int layers) {
                          absl::StrAppend(&progress, layer, "/", layers, " ");
                        }),
              IsOk());
  EXPECT_EQ(progress, "1/2 2/2 ");
  EXPECT_EQ(Sh(absl::StrCat("cd ", folder, "; find . ! -type d | sort")),
            "./image.json\n./rootfs/d/three\n./rootfs/d/two\n");
  absl::StatusOr<ImageConfig> config = ReadImageConfig(folder);
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->env, ElementsAre("A=1", "PATH=/bin"));
  EXPECT_THAT(config->entrypoint, ElementsAre("/kaniko/executor"));
  EXPECT_THAT(config->cmd, ElementsAre());
  EXPECT_EQ(config->working_dir, "/workspace");
}

TEST_F(ImageTest, ChoosesThePlatform) {
  const std::string digest = Push("v1");
  registry_.PushIndex("team/app", "many", {{{"linux", "arm", "v7"}, digest}});

  Client client(registry_.domain(), {});
  absl::StatusOr<Manifest> arm =
      FindImage(client, "team/app", "many", {"linux", "arm", ""});
  ASSERT_THAT(arm, IsOk());
  EXPECT_EQ(arm->digest, digest);
  EXPECT_THAT(FindImage(client, "team/app", "many", {"linux", "amd64", ""}),
              StatusIs(absl::StatusCode::kNotFound,
                       "team/app:many has no image for linux/amd64, but for "
                       "linux/arm/v7"));
}

TEST_F(ImageTest, ChoosesTheVariant) {
  std::vector<std::pair<Platform, std::string>> images;
  std::map<std::string, std::string> variants;  // by digest
  for (const char* variant : {"v5", "v7", "v6"}) {
    json::Value config;
    config.Set("User", variant);
    const std::string digest =
        registry_.PushImage("team/app", variant, {}, config);
    variants[digest] = variant;
    images.push_back({{"linux", "arm", variant}, digest});
  }
  registry_.PushIndex("team/app", "many", images);
  Client client(registry_.domain(), {});
  const std::pair<const char*, const char*> kCases[] = {
      {"v6", "v6"}, {"v7", "v7"}, {"v8", "v7"}, {"", "v5"}};
  for (const auto& [wanted, found] : kCases) {
    absl::StatusOr<Manifest> arm =
        FindImage(client, "team/app", "many", {"linux", "arm", wanted});
    ASSERT_THAT(arm, IsOk());
    EXPECT_EQ(variants[arm->digest], found) << wanted;
  }
}

// A registry that gives `{}` for every blob and `manifest` for every tag.
TEST(HostileImageTest, EveryDescriptorHasADigestThatIsChecked) {
  std::string manifest;
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request& request) {
        return net::Response{
            200,
            {},
            absl::StrContains(request.target, "/blobs/") ? "{}" : manifest};
      }));
  Client client(registry.url().HostPort(), {});
  struct Case {
    std::string digest;
    absl::StatusCode want;
  };
  const Case cases[] = {
      {absl::StrCat("sha256:", std::string(64, '0')),
       absl::StatusCode::kDataLoss},
      {absl::StrCat("sha512:", std::string(128, '0')),
       absl::StatusCode::kDataLoss},
      {absl::StrCat("sha384:", std::string(96, '0')),
       absl::StatusCode::kInvalidArgument},
      {"latest", absl::StatusCode::kInvalidArgument},
      {"", absl::StatusCode::kInvalidArgument},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.digest);
    // An entry of an index.
    manifest =
        absl::StrCat(R"({"manifests":[{"digest":")", test.digest,
                     R"(","platform":{"os":"linux","architecture":"arm"}}]})");
    EXPECT_THAT(FindImage(client, "a", "v1", {"linux", "arm", ""}),
                StatusIs(test.want));
    // The layer, then the configuration.
    const auto pull = [&](absl::string_view layers) {
      Manifest image;
      image.bytes = absl::StrCat(R"({"config":{"digest":")", test.digest,
                                 R"("},"layers":[)", layers, "]}");
      return PullImage(client, "a", image, NewFolder(), [](int, int) {});
    };
    EXPECT_THAT(pull(absl::StrCat(R"({"digest":")", test.digest, R"("})")),
                StatusIs(test.want));
    EXPECT_THAT(pull(""), StatusIs(test.want));
  }
}

TEST(HostileImageTest, AConfigurationHasALimit) {
  std::string config;
  net::testing::Server registry(
      net::testing::EachRequest([&](const net::Request&) {
        return net::Response{200, {}, config};
      }));
  Client client(registry.url().HostPort(), {});
  for (const size_t more : {0, 1}) {
    config = "{}";
    config.resize((4 << 20) + more, ' ');
    Manifest image;
    image.bytes = absl::StrCat(R"({"layers":[],"config":{"digest":"sha256:)",
                               ToHex(Sha256Of(config)), "\"}}");
    EXPECT_THAT(PullImage(client, "a", image, NewFolder(), [](int, int) {}),
                StatusIs(more == 0 ? absl::StatusCode::kOk
                                   : absl::StatusCode::kOutOfRange));
  }
}

TEST(ImageConfigTest, SaysWhatIsMissing) {
  EXPECT_THAT(ReadImageConfig("/no/such"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("cannot read /no/such/image.json")));
}

TEST(ImageConfigTest, KnowsThisMachine) {
  const std::string machine = Sh("uname -m");
  EXPECT_EQ(HostArchitecture(), machine == "x86_64\n" ? "amd64"
                                : machine == "aarch64\n"
                                    ? "arm64"
                                    : machine.substr(0, machine.size() - 1));
}

}  // namespace
}  // namespace ovenbird::registry
