#include "runtime/plan/mirrors.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Places(const std::string& image,
                                const std::vector<std::string>& mirrors) {
  std::vector<std::string> names;
  for (const registry::Reference& place :
       PlacesOf(*registry::ParseReference(image), mirrors)) {
    names.push_back(place.ToString());
  }
  return names;
}

TEST(MirrorsTest, OfTheOptionAndTheArguments) {
  config::Kaniko kaniko;
  EXPECT_THAT(RegistryMirrors(kaniko), ElementsAre());
  kaniko.registry_mirrors = {"a.io", "b.io/hub"};
  kaniko.args = {"--cache=true", "--registry-mirror=c.io"};
  EXPECT_THAT(RegistryMirrors(kaniko), ElementsAre("a.io", "b.io/hub", "c.io"));
}

TEST(MirrorsTest, AreForDockerHubAlone) {
  EXPECT_THAT(
      Places("alpine:3", {"a.io:5000", "b.io/hub/"}),
      ElementsAre("a.io:5000/library/alpine:3", "b.io/hub/library/alpine:3",
                  "docker.io/library/alpine:3"));
  EXPECT_THAT(Places("john/app", {"a.io"}),
              ElementsAre("a.io/john/app", "docker.io/john/app"));
  EXPECT_THAT(Places("quay.io/app:1", {"a.io"}), ElementsAre("quay.io/app:1"));
}

}  // namespace
}  // namespace ovenbird::plan
