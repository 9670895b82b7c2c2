#include "runtime/cli/overrides.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/cli/options.h"
#include "runtime/config/config.h"
#include "runtime/plan/builder.h"

namespace ovenbird::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

config::Config TwoImages() {
  config::Config config;
  for (const char* key : {"api", "web"}) {
    config.images.emplace_back(key, config::Image());
  }
  return config;
}

TEST(OverridesTest, BuildArgs) {
  config::Config config = TwoImages();
  config::Image& image = config.images[0].second;
  image.build.emplace().kaniko.emplace().options.emplace().build_args = {
      {"A", "1"}, {"B", "2"}};
  Options options;
  options.images = {"api"};
  options.build_args = {"B=x=y", "C", "D="};
  options.target = "debug";
  ApplyFlags(options, config);
  const config::BuildOptions& build = *image.build->kaniko->options;
  EXPECT_THAT(build.build_args,
              ElementsAre(Pair("A", "1"), Pair("B", "x=y"),
                          Pair("C", std::nullopt), Pair("D", "")));
  EXPECT_EQ(build.target, "debug");
  EXPECT_EQ(plan::WantedBuilder(image), plan::Builder::kKaniko);
  // Only the image that is named.
  EXPECT_FALSE(config.images[1].second.build.has_value());
}

// Docker may be there or not: both builders get the flags.
TEST(OverridesTest, ForDocker) {
  config::Config config = TwoImages();
  Options options;
  options.no_cache = true;
  options.target = "debug";
  ApplyFlags(options, config);
  for (const auto& [key, image] : config.images) {
    EXPECT_EQ(plan::WantedBuilder(image), plan::Builder::kDocker);
    EXPECT_THAT(image.build->docker->args, ElementsAre("--no-cache"));
    EXPECT_EQ(image.build->docker->options->target, "debug");
    EXPECT_FALSE(plan::EffectiveKaniko(image)->cache);
    EXPECT_EQ(plan::EffectiveKaniko(image)->options->target, "debug");
  }
}

// An object for kaniko would bring notes about its defaults.
TEST(OverridesTest, DockersOptionsServeKaniko) {
  config::Config config = TwoImages();
  Options options;
  options.target = "debug";
  ApplyFlags(options, config);
  const config::Image& image = config.images[0].second;
  EXPECT_FALSE(image.build->kaniko.has_value());
  EXPECT_EQ(plan::EffectiveKaniko(image)->options->target, "debug");
}

TEST(OverridesTest, CommandsOfTheUserKnowTheirOwn) {
  config::Config config = TwoImages();
  config.images[0].second.build.emplace().custom.emplace();
  Options options;
  options.no_cache = true;
  ApplyFlags(options, config);
  EXPECT_FALSE(config.images[0].second.build->docker.has_value());
  EXPECT_FALSE(config.images[0].second.build->kaniko.has_value());
}

TEST(OverridesTest, WithoutFlagsNothingChanges) {
  config::Config config = TwoImages();
  ApplyFlags({}, config);
  EXPECT_FALSE(config.images[0].second.build.has_value());
}

}  // namespace
}  // namespace ovenbird::cli
