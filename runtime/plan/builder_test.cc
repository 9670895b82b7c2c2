#include "runtime/plan/builder.h"

#include "gtest/gtest.h"
#include "runtime/config/config.h"

namespace ovenbird::plan {
namespace {

TEST(BuilderTest, OrderOfPrecedence) {
  const struct {
    bool build;
    bool custom;
    bool docker;
    bool kaniko;
    Builder wanted;
  } kCases[] = {
      {false, false, false, false, Builder::kDocker},
      {true, false, false, false, Builder::kDocker},
      {true, false, false, true, Builder::kKaniko},
      {true, false, true, false, Builder::kDocker},
      {true, false, true, true, Builder::kDocker},
      {true, true, true, true, Builder::kCustom},
      {true, true, false, false, Builder::kCustom},
  };
  for (const auto& c : kCases) {
    config::Image image;
    if (c.build) image.build.emplace();
    if (c.custom) image.build->custom.emplace();
    if (c.docker) image.build->docker.emplace();
    if (c.kaniko) image.build->kaniko.emplace();
    EXPECT_EQ(WantedBuilder(image), c.wanted)
        << c.build << c.custom << c.docker << c.kaniko;
  }
}

}  // namespace
}  // namespace ovenbird::plan
