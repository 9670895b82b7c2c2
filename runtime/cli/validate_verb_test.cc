#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/cli/testing/verbs_fixture.h"

namespace ovenbird::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class ValidateTest : public VerbsTest {
 protected:
  ValidateTest() : before_(std::filesystem::current_path()) {
    for (const char* name : {"api", "web", "empty"}) {
      std::filesystem::create_directory(Path(name));
      Write(absl::StrCat(name, "/Dockerfile"), "FROM a\n");
    }
    Write("api/devspace.yaml", "images: {api: {image: r.io/api}}\n");
    Write("web/devspace.yaml", "images:\n  web:\n    imgae: r.io/web # x\n");
    std::filesystem::current_path(folder_);
  }
  ~ValidateTest() override { std::filesystem::current_path(before_); }

  End RunWithInput(const std::string& text,
                   const std::vector<std::string>& arguments) {
    std::istringstream input(text);
    std::streambuf* const before = std::cin.rdbuf(input.rdbuf());
    End end = Run(arguments);
    std::cin.rdbuf(before);
    std::cin.clear();
    return end;
  }

 private:
  const std::string before_;
};

TEST_F(ValidateTest, FilesAndFolders) {
  const End folder = Run({"validate", "."});
  EXPECT_EQ(folder.code, 2);
  EXPECT_THAT(folder.err, HasSubstr("web/devspace.yaml:3:5: error: "));
  EXPECT_THAT(folder.err, HasSubstr("\n1 of 2 configs valid, 1 image\n"));
  // Each once, however it is named.
  const End files = Run({"validate", "api/devspace.yaml", "./api", "api"});
  EXPECT_EQ(files.code, 0) << files.err;
  EXPECT_EQ(files.err, "api/devspace.yaml: valid, 1 image\n");
  const End empty = Run({"validate", "empty"});
  EXPECT_EQ(empty.code, 2);
  EXPECT_THAT(empty.err, HasSubstr("empty: error: no devspace.yaml in `empty` "
                                   "or below"));
  EXPECT_THAT(empty.err, HasSubstr("write one with `ovenbird init`"));
  // The others are checked, too.
  const End others =
      Run({"validate", "empty", "web", "--diagnostics", "short"});
  EXPECT_THAT(others.err, HasSubstr("empty: error: no devspace.yaml"));
  EXPECT_THAT(others.err, HasSubstr("web/devspace.yaml:3:5: error: "));
  const End missing = Run({"validate", "api", "gone.yaml"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("gone.yaml: error: cannot open"));
}

TEST_F(ValidateTest, OneReportForAll) {
  const End end =
      Run({"validate", "--diagnostics", "sarif", "api", "web", "gone.yaml"});
  const absl::StatusOr<json::Value> report = json::Parse(end.out);
  ASSERT_TRUE(report.ok()) << end.out;
  EXPECT_THAT((*report)["runs"][0]["results"].items(), SizeIs(3));
}

TEST_F(ValidateTest, StandardInput) {
  const End end =
      RunWithInput("images: {api: {image: nginx}}\n",
                   {"validate", "-", "--stdin-filename", "api/devspace.yaml"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.err, HasSubstr("api/devspace.yaml:1:23: warning: "));
  const End config = RunWithInput(
      "images: {api: {image: nginx}}\n",
      {"validate", "--config", "-", "--stdin-filename", "api/devspace.yaml"});
  EXPECT_EQ(config.err, end.err);
}

TEST_F(ValidateTest, Secrets) {
  Write("api/Dockerfile",
        "FROM scratch\nRUN --mount=type=secret,id=token,required true\n");
  const End missing = Run({"validate", "api"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("[secret-missing]"));
  EXPECT_EQ(Run({"validate", "api", "--secret", "id=token,src=gone"}).code, 0);
}

TEST_F(ValidateTest, Executor) {
  const End end = Run({"validate", "api", "--engine", "kubernetes",
                       "--executor", "gcr.io/kaniko-project/executor:v1.9.0"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.err, HasSubstr("kaniko-project/executor:v1.9.0"));
  const End other =
      Run({"validate", "api", "--engine", "kubernetes", "--executor",
           "ghcr.io/osscontainertools/kaniko:v1.28.3"});
  EXPECT_EQ(other.err, "api/devspace.yaml: valid, 1 image\n");
}

TEST_F(ValidateTest, AFlagForASecretThatNobodyAsksFor) {
  EXPECT_THAT(Run({"validate", "api", "--secret", "id=x,env=HOME"}).err,
              HasSubstr("no Dockerfile asks for the secret `x`"));
}

TEST_F(ValidateTest, Fix) {
  const std::string before = *ReadFile(Path("web/devspace.yaml"));
  const End safe = Run({"validate", "web", "--fix"});
  EXPECT_EQ(safe.code, 2);
  EXPECT_THAT(safe.err, HasSubstr("\n1 problem can be fixed by `--fix=all`, "
                                  "which writes what was probably meant\n"));
  EXPECT_EQ(*ReadFile(Path("web/devspace.yaml")), before);
  const End dry = Run({"validate", "web", "--fix=all", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("\n+    image: r.io/web # x\n"));
  // A patch and a report in one stream are neither.
  const End report =
      Run({"validate", "web", "--fix", "--dry-run", "--diagnostics", "sarif"});
  EXPECT_EQ(report.out, "");
  EXPECT_THAT(report.err, HasSubstr("\"version\": \"2.1.0\""));
  EXPECT_EQ(*ReadFile(Path("web/devspace.yaml")), before);
  const End end = Run({"validate", "web", "--fix=all"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.err, "1 problem fixed\nweb/devspace.yaml: valid, 1 image\n");
  EXPECT_EQ(*ReadFile(Path("web/devspace.yaml")),
            "images:\n  web:\n    image: r.io/web # x\n");
  const End input = RunWithInput(
      before, {"validate", "-", "--fix=all", "--stdin-filename", "web/x.yaml"});
  EXPECT_EQ(input.code, 0) << input.err;
  EXPECT_EQ(input.out, "images:\n  web:\n    image: r.io/web # x\n");
}

// What one fix writes may need another.
TEST_F(ValidateTest, FixUntilItIsRight) {
  for (const auto& [before, after] :
       std::vector<std::pair<std::string, std::string>>{
           {"image: r.io/x\n    tag: v1\n", "image: r.io/x\n    tags: [v1]\n"},
           {"image: r.io/x\n    entrypoint: sh -c foo\n",
            "image: r.io/x\n    entrypoint: [sh, -c, foo]\n"},
           {"image:r.io/x\n    tags: [a]\n", "image: r.io/x\n    tags: [a]\n"},
           {"image:r.io/x\n", "image: r.io/x\n"}}) {
    const End end = RunWithInput(
        absl::StrCat("images:\n  x:\n    ", before),
        {"validate", "-", "--fix=all", "--stdin-filename", "web/x.yaml"});
    EXPECT_EQ(end.code, 0) << end.err;
    EXPECT_EQ(end.out, absl::StrCat("images:\n  x:\n    ", after));
  }
}

// Whatever was set hides it for all verbs, with --strict, too.
TEST_F(ValidateTest, Ignore) {
  Write("api/devspace.yaml", "images: {api: {image: nginx}}\n");
  const std::vector<std::string> strict = {"render", "--strict", "--config",
                                           "api/devspace.yaml"};
  EXPECT_EQ(Run(strict).code, 2);
  std::vector<std::string> off = strict;
  off.insert(off.end(), {"--rule", "official-image=off"});
  const End end = Run(off);
  EXPECT_EQ(end.code, 0) << end.err;
  Write("api/devspace.yaml",
        "images: {api: {image: nginx}}  # ovenbird: ignore[official-image]\n");
  EXPECT_EQ(Run(strict).code, 0);
  Write("api/devspace.yaml",
        "images: {api: {image: r.io/a}}  # ovenbird: ignore[official-image]\n");
  EXPECT_EQ(Run(strict).code, 0);
  EXPECT_THAT(Run({"validate", "api"}).err,
              HasSubstr("1:52: warning: comment to ignore `official-image` has "
                        "no effect"));
}

TEST_F(VerbsTest, MessagesAboutTheIgnoreFile) {
  Write(".dockerignore", "devspace.yaml\n[\n");
  for (const char* verb : {"context", "render"}) {
    const End end = RunWithConfig(kGood, {verb});
    EXPECT_EQ(end.code, 2);
    EXPECT_THAT(end.err, HasSubstr("/.dockerignore:2:1: error: "));
    EXPECT_THAT(end.err, HasSubstr("1 | devspace.yaml"));
  }
}

// `validate` finds what `render` finds in the files, and what the config's own
// errors do not hide.
TEST_F(VerbsTest, ValidateLooksAtTheFiles) {
  const struct {
    const char* dockerfile;
    const char* image;
    const char* says;
  } kCases[] = {
      {"FROM a\n", "context: gone/", "missing-context"},
      {"FROM a\n", "context: Dockerfile", "missing-context"},
      {"FROM a\nCOPY gone /\n", "", "copy-source-missing"},
      {"FROM a\nCOPY secret /\n", "", "copy-source-ignored"},
      {"FROM a\n", "dockerfile: gone", "missing-dockerfile"},
      {"FROM a\nRUN <<E\nx\n", "context: gone/", "missing-context"},
      {"FROM a\nFROM b AS\n", "context: gone/", "dockerfile-"},
      {"FROM a\nCOPY gone /\n", "tags: [' ']", "copy-source-missing"},
      {"FROM a\nRUN --mount=type=secret,id=s,required true\nCOPY gone /\n", "",
       "copy-source-missing"},
      {"FROM r.io/app:x\n", "tags: [y]", ""},
  };
  Write("secret", "s");
  Write(".dockerignore", "secret\n");
  for (const auto& [dockerfile, image, says] : kCases) {
    Write("Dockerfile", dockerfile);
    const End end = RunWithConfig(
        absl::StrCat("images:\n  app:\n    image: r.io/app\n    ", image, "\n"),
        {"validate"});
    EXPECT_EQ(end.code, *says == '\0' ? 0 : 2) << dockerfile << end.err;
    EXPECT_THAT(end.err, HasSubstr(says)) << dockerfile << image;
  }
}

// The default would be looked for in place of what the user means.
TEST_F(VerbsTest, ValidateLeavesFilesThatAreNotKnown) {
  const struct {
    const char* image;
    const char* says;
  } kCases[] = {{"dockerfil: app/Dockerfile", "unknown-field"},
                {"Dockerfile: app/Dockerfile", "unknown-field"},
                {"dockerfile: [app]", "wrong-type"},
                {"dockerfile: ${UNSET_X}", "variable-unset"},
                {"contxt: app", "unknown-field"},
                {"context: {app: app}", "wrong-type"}};
  for (const auto& [image, says] : kCases) {
    for (const char* verb : {"validate", "render"}) {
      const End end = RunWithConfig(
          absl::StrCat("images:\n  app:\n    image: r.io/app\n    ", image,
                       "\n  web: {image: r.io/web, dockerfile: gone}\n"),
          {verb});
      EXPECT_EQ(end.code, 2) << image << end.err;
      EXPECT_THAT(end.err, HasSubstr(says)) << image;
      EXPECT_THAT(end.err, HasSubstr("no Dockerfile at `gone`")) << image;
      EXPECT_THAT(end.err, HasSubstr("\n2 errors\n")) << image;
    }
  }
}

TEST_F(VerbsTest, ValidateLeavesMissingFilesToHooks) {
  Write("Dockerfile", "FROM a\nCOPY gone /\n");
  const std::string hook =
      "hooks:\n- {command: make, when: {before: {images: all}}}\n";
  const End end = RunWithConfig(absl::StrCat(hook, kGood), {"validate"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.err, HasSubstr("unless a hook creates them"));
}

}  // namespace
}  // namespace ovenbird::cli
