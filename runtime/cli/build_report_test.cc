// What programs read of a `build` that ends before anything is built.
#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/cli/testing/verbs_fixture.h"

namespace ovenbird::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kWithoutImages[] = "version: v2beta1\n";
constexpr char kNeedsACluster[] = "images: {app: {image: r.io/app}}\n";

class BuildReportTest : public VerbsTest {
 protected:
  BuildReportTest() {
    Write("result.json", R"({"images":[{"ref":"of an earlier run"}]})");
  }
  json::Value Result() {
    return *json::Parse(ReadFile(Path("result.json")).value_or("null"));
  }
};

// A deployment would take those of an earlier run.
TEST_F(BuildReportTest, ResultsOfAConfigWithErrors) {
  const End end =
      RunWithConfig(kWithoutImages, {"build", "--result", Path("result.json")});
  EXPECT_EQ(end.code, 2);
  const json::Value result = Result();
  EXPECT_TRUE(result["images"].items().empty());
  EXPECT_EQ(result["failure"]["kind"].string_or(), "config");
  EXPECT_THAT(std::string(result["failure"]["what"].string_or()),
              HasSubstr("errors"));
  EXPECT_EQ(result["steps"][0]["kind"].string_or(), "plan");
}

TEST_F(BuildReportTest, ResultsWithoutACluster) {
  const End end = RunWithConfig(
      kNeedsACluster, {"build", "--engine", "kubernetes", "--result", "-",
                       "--trace", Path("trace.json")});
  EXPECT_EQ(end.code, 3) << end.err;
  const json::Value result = json::Parse(end.out).value_or(json::Value());
  EXPECT_EQ(result["failure"]["kind"].string_or(), "environment") << end.out;
  EXPECT_THAT(end.err,
              HasSubstr(std::string(result["failure"]["what"].string_or())));
  EXPECT_THAT(ReadFile(Path("trace.json")).value_or(""),
              HasSubstr("ovenbird build"));
}

TEST_F(BuildReportTest, HooksBeforeTheImagesAreAStep) {
  for (const char* command : {"true", "false"}) {
    RunWithConfig(
        absl::StrCat("images: {app: {image: \"127.0.0.1:1/app\", tags: [v1], "
                     "build: {custom: {command: \"true\"}}}}\n"
                     "hooks: [{command: \"",
                     command, "\", when: {before: {images: all}}}]\n"),
        {"build", "--result", Path("result.json")});
    const json::Value result = Result();
    EXPECT_EQ(result["steps"][0]["kind"].string_or(), "plan");
    EXPECT_EQ(result["steps"][1]["kind"].string_or(), "hooks");
    const bool failed = command == std::string("false");
    EXPECT_EQ(result["steps"][1]["failed"].bool_or(false), failed);
    EXPECT_EQ(result["steps"][2]["kind"].string_or(), failed ? "" : "plan");
  }
}

TEST_F(BuildReportTest, AMissingFolderIsReportedOnce) {
  for (const char* flag : {"--result", "--trace"}) {
    const End end = RunWithConfig(kWithoutImages, {"build", flag, "no/file"});
    EXPECT_EQ(end.code, 2);
    EXPECT_EQ(end.err, absl::StrCat("ovenbird: ", flag,
                                    " no/file: folder `no` does not exist\n"));
  }
}

TEST_F(BuildReportTest, EventsAreTheOnlyLines) {
  for (const char* config :
       {kWithoutImages, kNeedsACluster,
        "images: {app: {image: r.io/app}}\n"
        "hooks: [{command: \"true\", when: {before: {images: all}}}]\n"}) {
    const End end = RunWithConfig(
        config, {"build", "--engine", "kubernetes", "--progress", "json"});
    EXPECT_NE(end.code, 0);
    for (absl::string_view line :
         absl::StrSplit(end.err, '\n', absl::SkipEmpty())) {
      EXPECT_TRUE(json::Parse(line).ok()) << line;
    }
    EXPECT_THAT(end.err, HasSubstr(R"("failure":{"kind":)"));
  }
}

// The config of Docker is read before the plan is made.
TEST_F(BuildReportTest, CredentialsThatCannotBeReadAreAnEvent) {
  std::filesystem::create_directories(Path("docker"));
  Write("docker/config.json", "[");
  setenv("DOCKER_CONFIG", Path("docker").c_str(), 1);
  const End end =
      RunWithConfig(kNeedsACluster, {"build", "--progress", "json"});
  unsetenv("DOCKER_CONFIG");
  EXPECT_EQ(end.code, 3);
  EXPECT_THAT(end.err, Not(HasSubstr("\novenbird: ")));
  EXPECT_THAT(end.err, HasSubstr(R"("event":"message")"));
}

}  // namespace
}  // namespace ovenbird::cli
