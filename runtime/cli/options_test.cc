#include "runtime/cli/options.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Options Parsed(const std::vector<std::string>& arguments) {
  auto result = ParseCommandLine(arguments);
  if (const Exit* exit = std::get_if<Exit>(&result)) {
    ADD_FAILURE() << exit->err;
    return {};
  }
  return std::get<Options>(result);
}

Exit Ended(const std::vector<std::string>& arguments) {
  auto result = ParseCommandLine(arguments);
  const Exit* exit = std::get_if<Exit>(&result);
  if (exit == nullptr) {
    ADD_FAILURE() << "parsed";
    return {};
  }
  return *exit;
}

TEST(CommandLineTest, BuildWithFlags) {
  Options options =
      Parsed({"build", "backend", "frontend",    "--config", "a.yaml",
              "-t",    "v1",      "--tag=v2,v3", "--var",    "A=b,c",
              "--var", "D=",      "-n",          "team",     "--engine",
              "local", "--jobs",  "3",           "--result", "r.json"});
  EXPECT_EQ(options.verb, Verb::kBuild);
  EXPECT_THAT(options.images, ElementsAre("backend", "frontend"));
  EXPECT_EQ(options.config, "a.yaml");
  EXPECT_THAT(options.tags, ElementsAre("v1", "v2", "v3"));
  EXPECT_THAT(options.vars, ElementsAre("A=b,c", "D="));
  EXPECT_EQ(options.kube_namespace, "team");
  EXPECT_EQ(options.engine, EngineChoice::kLocal);
  EXPECT_EQ(options.jobs, 3);
  EXPECT_EQ(options.result_file, "r.json");
}

TEST(CommandLineTest, ScheduleTimeout) {
  EXPECT_EQ(Parsed({"build"}).schedule_timeout, absl::Minutes(5));
  EXPECT_EQ(Parsed({"build", "--schedule-timeout", "90s"}).schedule_timeout,
            absl::Seconds(90));
  EXPECT_EQ(Parsed({"build", "--schedule-timeout=0"}).schedule_timeout,
            absl::ZeroDuration());
  for (const char* bad : {"soon", "10", "-1m"}) {
    Exit exit = Ended({"build", absl::StrCat("--schedule-timeout=", bad)});
    EXPECT_EQ(exit.code, 2);
    EXPECT_THAT(exit.err, HasSubstr("is not a duration"));
  }
}

// A flag that may come several times takes one value each time.
TEST(CommandLineTest, ImagesMayFollowRepeatableFlags) {
  Options options = Parsed({"build", "-t", "v1", "web", "--var", "A=b", "api"});
  EXPECT_THAT(options.tags, ElementsAre("v1"));
  EXPECT_THAT(options.vars, ElementsAre("A=b"));
  EXPECT_THAT(options.images, ElementsAre("web", "api"));
}

TEST(CommandLineTest, Context) {
  Options options = Parsed({"context", "web", "--all", "-o", "json",
                            "--full-context", "-c", "a.yaml"});
  EXPECT_EQ(options.verb, Verb::kContext);
  EXPECT_THAT(options.images, ElementsAre("web"));
  EXPECT_TRUE(options.all_paths);
  EXPECT_TRUE(options.context_json);
  EXPECT_TRUE(options.full_context);
  EXPECT_FALSE(Parsed({"context", "-o", "text"}).context_json);
  EXPECT_EQ(Ended({"context", "-o", "yaml"}).code, 2);
  EXPECT_EQ(Ended({"context", "--tag", "v1"}).code, 2);
}

TEST(CommandLineTest, RenderAndValidate) {
  EXPECT_EQ(Parsed({"render", "-o", "json"}).output_format,
            OutputFormat::kJson);
  EXPECT_EQ(Parsed({"validate", "--diagnostics", "sarif"}).diagnostics,
            DiagnosticsFormat::kSarif);
}

TEST(CommandLineTest, Cleanup) {
  Options options = Parsed(
      {"cleanup", "--namespace", "builds", "--kube-context", "c", "--dry-run"});
  EXPECT_EQ(options.verb, Verb::kCleanup);
  EXPECT_EQ(options.kube_namespace, "builds");
  EXPECT_EQ(options.kube_context, "c");
  EXPECT_TRUE(options.dry_run);
  EXPECT_FALSE(Parsed({"cleanup"}).dry_run);
}

TEST(CommandLineTest, WrongUsageEndsWithTwo) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"bild"},
                                             {"build", "--engine", "cloud"},
                                             {"build", "--jobs", "0"},
                                             {"render", "--nosuch"},
                                             {"build", "--config"}}) {
    Exit exit = Ended(arguments);
    EXPECT_EQ(exit.code, 2);
    EXPECT_FALSE(exit.err.empty());
  }
}

TEST(CommandLineTest, HelpEndsWithZero) {
  Exit exit = Ended({"build", "--help"});
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.out, HasSubstr("--kube-context"));
}

}  // namespace
}  // namespace ovenbird::cli
