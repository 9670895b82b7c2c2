#include "runtime/plan/select_images.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/parse.h"

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

// What CheckForImages says of a config with these images, as "LINE: help".
std::string Check(config::Config config,
                  const std::vector<std::string>& names = {}) {
  config::Loaded project("devspace.yaml", "version: v1beta9\nimages: {}\n");
  diag::Collector ignored;
  project.root = yaml::Parse(project.file, project.arena, ignored);
  project.config = std::move(config);
  diag::Collector problems;
  CheckForImages(project, names, problems);
  std::string all;
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    absl::StrAppend(&all, project.file.PositionAt(problem.span.begin).line,
                    ": ", problem.help, "\n");
  }
  return all;
}

TEST(SelectImagesTest, ReportsThatThereAreNone) {
  EXPECT_EQ(Check(ThreeImages()), "");
  EXPECT_EQ(Check(ThreeImages(), {"frontend"}), "");
  EXPECT_THAT(Check(config::Config()), HasSubstr("2: add one: `images: {app:"));
  EXPECT_THAT(Check(ThreeImages(), {"old"}),
              HasSubstr("2: all images are disabled: remove `disabled: true`"));
  // SelectImages says that the name is unknown.
  EXPECT_EQ(Check(ThreeImages(), {"backed"}), "");
  EXPECT_EQ(Check(config::Config(), {"app"}), "");
}

}  // namespace
}  // namespace ovenbird::plan
