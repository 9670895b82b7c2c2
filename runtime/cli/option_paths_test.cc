#include "runtime/cli/option_paths.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Paths(const std::vector<OptionPath>& options) {
  std::vector<std::string> paths;
  for (const OptionPath& option : options) paths.push_back(option.path);
  return paths;
}

TEST(OptionPathsTest, AreUnique) {
  const std::vector<std::string> all = Paths(OptionPaths());
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  EXPECT_THAT(all, Contains("images.*.build.kaniko.tolerations.*.key"));
}

TEST(OptionPathsTest, Ends) {
  EXPECT_THAT(Paths(OptionsThatEndWith("cache")),
              ElementsAre("images.*.build.kaniko.cache"));
  EXPECT_THAT(Paths(OptionsThatEndWith("Kaniko.CACHE")),
              ElementsAre("images.*.build.kaniko.cache"));
  EXPECT_THAT(Paths(OptionsThatEndWith("network")),
              ElementsAre("images.*.build.docker.options.network",
                          "images.*.build.kaniko.options.network"));
  EXPECT_THAT(OptionsThatEndWith("ache"), IsEmpty());
}

TEST(OptionPathsTest, Words) {
  EXPECT_THAT(Paths(OptionsAbout("snapshot")),
              Contains("images.*.build.kaniko.snapshotMode"));
  // Of the documentation.
  EXPECT_THAT(Paths(OptionsAbout("spot")), IsEmpty());
  EXPECT_THAT(Paths(OptionsAbout("entrypoint")),
              Contains("images.*.entrypoint"));
  EXPECT_THAT(OptionsAbout("xyzzy"), IsEmpty());
}

TEST(OptionPathsTest, Sentence) {
  EXPECT_EQ(FirstSentence("A b\nc. D e."), "A b c.");
  EXPECT_EQ(FirstSentence("A b"), "A b");
}

}  // namespace
}  // namespace ovenbird::cli
