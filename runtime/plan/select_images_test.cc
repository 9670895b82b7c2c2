#include "runtime/plan/select_images.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The images `backend`, `frontend` and, disabled, `old`.
config::Config ThreeImages() {
  config::Config config;
  config.images.emplace_back("backend", config::Image());
  config.images.emplace_back("old", config::Image());
  config.images.back().second.build.emplace();
  config.images.back().second.build->disabled = true;
  config.images.emplace_back("frontend", config::Image());
  return config;
}

TEST(SelectImagesTest, AllThatAreNotDisabledInTheConfigsOrder) {
  const config::Config config = ThreeImages();
  diag::Collector problems;
  EXPECT_THAT(KeysOf(SelectImages(config, {}, problems)),
              ElementsAre("backend", "frontend"));
  EXPECT_THAT(KeysOf(SelectImages(config, {"frontend", "backend"}, problems)),
              ElementsAre("backend", "frontend"));
  EXPECT_THAT(KeysOf(SelectImages(config, {"frontend", "frontend"}, problems)),
              ElementsAre("frontend"));
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
}

TEST(SelectImagesTest, ADisabledImageIsKnownAndNotBuilt) {
  diag::Collector problems;
  EXPECT_THAT(SelectImages(ThreeImages(), {"old"}, problems), IsEmpty());
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
}

TEST(SelectImagesTest, ReportsUnknownNames) {
  diag::Collector problems;
  const config::Config config = ThreeImages();
  EXPECT_THAT(KeysOf(SelectImages(config, {"backed", "frontend"}, problems)),
              ElementsAre("frontend"));
  ASSERT_THAT(problems.diagnostics(), SizeIs(1));
  const diag::Diagnostic& problem = problems.diagnostics()[0];
  EXPECT_EQ(std::string(problem.rule->id), "unknown-image");
  EXPECT_THAT(problem.message, HasSubstr("`backed`"));
  EXPECT_THAT(problem.help, HasSubstr("backend"));
}

TEST(SelectImagesTest, AConfigWithoutImages) {
  diag::Collector problems;
  EXPECT_THAT(SelectImages(config::Config(), {}, problems), IsEmpty());
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
  SelectImages(config::Config(), {"app"}, problems);
  ASSERT_THAT(problems.diagnostics(), SizeIs(1));
  EXPECT_THAT(problems.diagnostics()[0].help, HasSubstr("(none)"));
}

}  // namespace
}  // namespace ovenbird::plan
