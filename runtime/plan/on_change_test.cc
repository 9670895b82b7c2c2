#include "runtime/plan/on_change.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::plan {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

TEST(OnChangeTest, SplitsPatterns) {
  const struct {
    const char* pattern;
    const char* folder;
    const char* rest;
  } kCases[] = {
      {"go.mod", "", "go.mod"},
      {"./src/**", "src", "**"},
      {"src/", "", "src"},
      {"src/a/main.go", "src/a", "main.go"},
      {"../common/*.go", "../common", "*.go"},
      {"/etc/app/*", "/etc/app", "*"},
      {"/app", "/", "app"},
      {"**/*.go", "", "**/*.go"},
      {"a*/b", "", "a*/b"},
  };
  for (const auto& c : kCases) {
    const PatternParts parts = SplitPattern(c.pattern);
    EXPECT_EQ(parts.folder, c.folder) << c.pattern;
    EXPECT_EQ(parts.rest, c.rest) << c.pattern;
  }
}

class FingerprintTest : public ::testing::Test {
 protected:
  FingerprintTest() {
    top_ = absl::StrCat(::testing::TempDir(), "/on-changeXXXXXX");
    EXPECT_NE(mkdtemp(top_.data()), nullptr);
    for (const char* file : kFiles) Write(file, "1");
  }
  ~FingerprintTest() override { std::filesystem::remove_all(top_); }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file(top_ + "/" + path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::string Fingerprint(const std::string& pattern) {
    absl::StatusOr<std::string> found =
        FingerprintOf(top_ + "/project", {pattern});
    EXPECT_THAT(found, IsOk());
    return found.ok() ? *found : "";
  }
  // The files whose change changes it.
  std::vector<std::string> Watched(const std::string& pattern) {
    std::vector<std::string> watched;
    const std::string before = Fingerprint(pattern);
    for (const char* file : kFiles) {
      Write(file, "2");
      if (Fingerprint(pattern) != before) watched.emplace_back(file);
      Write(file, "1");
    }
    EXPECT_EQ(Fingerprint(pattern), before);
    return watched;
  }

  static constexpr const char* kFiles[] = {
      "common/x.go", "project/go.mod", "project/src/a.go", "project/src/b/c.go",
      "project/src/b/d.txt"};
  std::string top_;
};

TEST_F(FingerprintTest, FollowsWhatThePatternNames) {
  using Files = std::vector<std::string>;
  EXPECT_EQ(Watched("go.mod"), Files({"project/go.mod"}));
  EXPECT_EQ(Watched("src/*.go"), Files({"project/src/a.go"}));
  EXPECT_EQ(Watched("**/*.go"),
            Files({"project/src/a.go", "project/src/b/c.go"}));
  const Files all = {"project/src/a.go", "project/src/b/c.go",
                     "project/src/b/d.txt"};
  EXPECT_EQ(Watched("./src/**"), all);
  EXPECT_EQ(Watched("src"), all);
  EXPECT_EQ(Watched("../common/*"), Files({"common/x.go"}));
  EXPECT_EQ(Watched("no/such/*"), Files());
}

TEST_F(FingerprintTest, SeesNewFiles) {
  const std::string before = Fingerprint("src/**");
  Write("project/src/new", "1");
  EXPECT_NE(Fingerprint("src/**"), before);
}

TEST_F(FingerprintTest, RefusesWhatIsNoPattern) {
  EXPECT_THAT(FingerprintOf(top_, {"src/[a"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[a")));
}

}  // namespace
}  // namespace ovenbird::plan
