#include "runtime/plan/build_args.h"

#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

std::optional<std::string> Environment(const std::string& name) {
  if (name == "HOME_PAGE") return "of the environment";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

TEST(BuildArgsTest, SortedWithValuesOfTheEnvironment) {
  config::BuildOptions options;
  options.build_args.emplace_back("VERSION", "1");
  options.build_args.emplace_back("HOME_PAGE", std::nullopt);
  options.build_args.emplace_back("EMPTY", std::nullopt);
  options.build_args.emplace_back("A", "");
  diag::Collector problems;
  EXPECT_THAT(BuildArgs(options, Environment, "app", problems),
              ElementsAre(Pair("A", ""), Pair("EMPTY", ""),
                          Pair("HOME_PAGE", "of the environment"),
                          Pair("VERSION", "1")));
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
}

TEST(BuildArgsTest, AValueOfTheConfigComesFirst) {
  config::BuildOptions options;
  options.build_args.emplace_back("HOME_PAGE", "of the config");
  diag::Collector problems;
  EXPECT_THAT(BuildArgs(options, Environment, "app", problems),
              ElementsAre(Pair("HOME_PAGE", "of the config")));
}

TEST(BuildArgsTest, ReportsArgumentsThatAreNotSet) {
  config::BuildOptions options;
  options.build_args.emplace_back("UNSET", std::nullopt);
  options.build_args.emplace_back("VERSION", "1");
  diag::Collector problems;
  EXPECT_THAT(BuildArgs(options, Environment, "app", problems),
              ElementsAre(Pair("VERSION", "1")));
  ASSERT_THAT(problems.diagnostics(), SizeIs(1));
  const diag::Diagnostic& problem = problems.diagnostics()[0];
  EXPECT_EQ(std::string(problem.rule->id), "build-arg-unset");
  EXPECT_EQ(problem.config_path, "images.app");
  EXPECT_THAT(problem.message, HasSubstr("`UNSET`"));
}

// The advice has the form of the place that names the argument.
TEST(BuildArgsTest, AdviceOnArgumentsThatAreNotSet) {
  const SourceFile file("devspace.yaml", "buildArgs: {UNSET: }\n");
  yaml::Arena arena;
  config::BuildOptions options;
  diag::Collector problems;
  options.source = yaml::Parse(file, arena, problems);
  options.build_args.emplace_back("UNSET", std::nullopt);
  options.build_args.emplace_back("OF_THE_FLAG", std::nullopt);
  BuildArgs(options, Environment, "app", problems);
  ASSERT_THAT(problems.diagnostics(), SizeIs(2));
  EXPECT_EQ(problems.diagnostics()[0].help,
            "set the environment variable, or write `UNSET: \"\"` for an empty "
            "value");
  EXPECT_EQ(problems.diagnostics()[1].help,
            "set the environment variable, or write `--build-arg "
            "OF_THE_FLAG=` for an empty value");
}

}  // namespace
}  // namespace ovenbird::plan
