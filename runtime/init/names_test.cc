#include "runtime/init/names.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace ovenbird::init {
namespace {

TEST(Names, PlainNames) {
  const std::pair<const char*, const char*> cases[] = {
      {"api", "api"},  {"My App", "my-app"}, {"a__b", "a_b"},
      {"-a-", "a"},    {"a..b", "a.b"},      {"__", "app"},
      {"", "app"},     {"Übung", "bung"},    {"a/../b", "a-b"},
      {"x\ny", "x-y"},
  };
  for (const auto& [text, name] : cases) EXPECT_EQ(PlainName(text), name);
}

TEST(Names, PlainRepositories) {
  EXPECT_EQ(PlainRepository("Registry.Example.com:5000/My Team/App"),
            "registry.example.com:5000/my-team/app");
  EXPECT_EQ(PlainRepository("ghcr.io//Me/Shop.git/"), "ghcr.io/me/shop.git");
}

struct Case {
  std::vector<std::string> dockerfiles;
  std::vector<std::string> keys;
};

const Case kCases[] = {
    {{"Dockerfile"}, {"project"}},
    {{"Dockerfile", "Dockerfile.dev", "dev.dockerfile"},
     {"project", "project-dev", "dev"}},
    {{"api/Dockerfile", "web/Dockerfile"}, {"api", "web"}},
    {{"api/Dockerfile", "api/Dockerfile.dev", "api/Dockerfile-test"},
     {"api", "api-dev", "api-test"}},
    {{"docker/Dockerfile", "docker/web.dockerfile",
      "docker/web/Dockerfile.arm"},
     {"project", "web", "web-arm"}},
    {{"api/docker/Dockerfile"}, {"api"}},
    {{"api/api.dockerfile"}, {"api"}},
    {{"Containerfile", "a/Containerfile"}, {"project", "a"}},
    // The same folder names.
    {{"services/api/Dockerfile", "tools/api/Dockerfile"},
     {"services-api", "tools-api"}},
    {{"a/x/api/Dockerfile", "b/x/api/Dockerfile"}, {"a-x-api", "b-x-api"}},
    {{"a/Dockerfile", "a/containerfile"}, {"a", "a-2"}},
    {{"My Service/Dockerfile", "my-service/Dockerfile"},
     {"my-service", "my-service-2"}},
};

TEST(Names, KeysOfDockerfiles) {
  for (const Case& each : kCases) {
    EXPECT_EQ(KeysOf(each.dockerfiles, "project"), each.keys)
        << each.dockerfiles.front();
  }
}

}  // namespace
}  // namespace ovenbird::init
