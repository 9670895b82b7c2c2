#include "runtime/cli/github_files.h"

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"

namespace ovenbird::cli {
namespace {

build::RunResult Result() {
  build::ImageResult app;
  app.key = "a|b";
  app.image = "r.example.com/team/app";
  app.tags = {"v1"};
  app.digest = "sha256:12";
  app.engine = "kubernetes";
  app.duration = absl::Milliseconds(9540);
  build::ImageResult web;
  web.key = "web";
  web.image = "r.example.com/web";
  web.failure.emplace();
  web.failure->kind = build::FailureKind::kBuild;
  web.failure->what = "a <b>command</b> failed";
  web.failure->details = {"npm ERR! `x`\n## 2", "Dockerfile:3: RUN npm ci"};
  web.failure->hint = "look at *it*";
  build::RunResult result;
  result.images = {app, web};
  return result;
}

TEST(GitHubFilesTest, TheSummaryIsATable) {
  EXPECT_EQ(StepSummary(Result()),
            "| image | result | reference | time |\n|---|---|---|---|\n"
            "| a\\|b | pushed | r.example.com/team/app@sha256:12 | 9.5 s |\n"
            "| web | failed: a &lt;b>command&lt;/b> failed |  | 0.0 s |\n"
            "\n**web**: a &lt;b>command&lt;/b> failed\n\n"
            "    npm ERR! `x`\\n## 2\n"
            "    Dockerfile:3: RUN npm ci\n"
            "\nhelp: look at \\*it\\*\n\n");
}

TEST(GitHubFilesTest, TheOutputsAreLines) {
  build::RunResult result = Result();
  result.images.resize(1);
  result.images[0].warnings = {"two\nref=lines"};
  result.images[0].timeline.phases.emplace_back();
  result.timeline.phases.emplace_back();
  const std::string outputs = StepOutputs(result);
  EXPECT_EQ(outputs.find("result={\"schemaVersion\":1,"), 0u) << outputs;
  // Thousands of them would be more than an output can have.
  EXPECT_EQ(outputs.find("steps"), std::string::npos) << outputs;
  EXPECT_NE(outputs.find("}\nref=r.example.com/team/app@sha256:12\n"),
            std::string::npos)
      << outputs;
  EXPECT_EQ(std::count(outputs.begin(), outputs.end(), '\n'), 2) << outputs;
  result.images[0].digest.clear();
  EXPECT_NE(StepOutputs(result).find("ref=r.example.com/team/app:v1\n"),
            std::string::npos);
  result.images[0].pushed = false;
  EXPECT_EQ(StepOutputs(result).find("\nref="), std::string::npos);
  // Which of two?
  EXPECT_EQ(StepOutputs(Result()).find("ref="), std::string::npos);
}

TEST(GitHubFilesTest, AppendsToTheFilesThatAreNamed) {
  const std::string summary = absl::StrCat(testing::TempDir(), "/summary");
  const std::string output = absl::StrCat(testing::TempDir(), "/output");
  ASSERT_TRUE(WriteFile(summary, "before\n").ok());
  setenv("GITHUB_STEP_SUMMARY", summary.c_str(), 1);
  unsetenv("GITHUB_OUTPUT");
  EXPECT_TRUE(WriteGitHubFiles(Result()).ok());
  EXPECT_EQ(*ReadFile(summary),
            absl::StrCat("before\n", StepSummary(Result())));
  EXPECT_FALSE(ReadFile(output).ok());
  setenv("GITHUB_OUTPUT", "/no/such/folder/file", 1);
  EXPECT_EQ(WriteGitHubFiles(Result()).message(),
            "cannot append to /no/such/folder/file, which GITHUB_OUTPUT names");
  unsetenv("GITHUB_STEP_SUMMARY");
  unsetenv("GITHUB_OUTPUT");
}

}  // namespace
}  // namespace ovenbird::cli
