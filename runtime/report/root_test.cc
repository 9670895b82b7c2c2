#include "runtime/report/root.h"

#include <filesystem>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::report {
namespace {

using ::ovenbird::testing::NewFolder;

// FindRoot with these variables.
std::string TopWith(const std::string& current,
                    std::map<std::string, std::string> variables) {
  return FindRoot(current,
                  [&](const std::string& name) -> std::optional<std::string> {
                    const auto found = variables.find(name);
                    if (found == variables.end()) return std::nullopt;
                    return found->second;
                  })
      .top;
}

TEST(RootTest, IsTheWorkspaceOfCi) {
  EXPECT_EQ(TopWith("/ci/repo/api", {{"GITHUB_WORKSPACE", "/ci/repo"}}),
            "/ci/repo");
  EXPECT_EQ(TopWith("/ci/repo", {{"GITHUB_WORKSPACE", "/ci/repo"}}),
            "/ci/repo");
  EXPECT_EQ(TopWith("/builds/repo/api", {{"CI_PROJECT_DIR", "/builds/repo/"}}),
            "/builds/repo/");
}

// In a container the variable may name a folder of its host.
TEST(RootTest, IsNotAWorkspaceElsewhere) {
  EXPECT_EQ(TopWith("/none/api", {{"GITHUB_WORKSPACE", "/srv/repo"}}),
            "/none/api");
  EXPECT_EQ(TopWith("/cix", {{"GITHUB_WORKSPACE", "/ci"}}), "/cix");
}

TEST(RootTest, IsTheTopOfTheRepository) {
  const std::string top = NewFolder();
  std::filesystem::create_directories(absl::StrCat(top, "/a/b"));
  std::filesystem::create_directory(absl::StrCat(top, "/.git"));
  EXPECT_EQ(TopWith(absl::StrCat(top, "/a/b"), {}), top);
  EXPECT_EQ(TopWith(top, {}), top);
}

TEST(RootTest, Names) {
  const Root root = {"/repo", "/repo/api"};
  EXPECT_EQ(FromTop("devspace.yaml", root), "api/devspace.yaml");
  EXPECT_EQ(FromTop("./web/../Dockerfile", root), "api/Dockerfile");
  EXPECT_EQ(FromTop("../devspace.yaml", root), "devspace.yaml");
  EXPECT_EQ(FromTop("/repo/x.yaml", root), "x.yaml");
  EXPECT_EQ(FromTop("/other/x.yaml", root), "/other/x.yaml");
  EXPECT_EQ(FromTop("../../other/x.yaml", root), "../../other/x.yaml");
  EXPECT_EQ(FromTop("x.yaml", {}), "x.yaml");
}

}  // namespace
}  // namespace ovenbird::report
