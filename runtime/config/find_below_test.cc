#include "runtime/config/find_below.h"

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/subprocess.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::config {
namespace {

using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;

class FindBelowTest : public ::testing::Test {
 protected:
  FindBelowTest() {
    for (const char* name :
         {"devspace.yaml", "api/devspace.yaml", "api/other.yaml",
          "build/devspace.yaml", ".git-like/devspace.yaml"}) {
      Write(name);
    }
  }

  void Write(const std::string& name, const std::string& text = "") {
    const std::filesystem::path path = Path(name);
    std::filesystem::create_directories(path.parent_path());
    ASSERT_TRUE(WriteFile(path.string(), text).ok());
  }
  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }
  void Git(const std::string& command) const {
    Subprocess git;
    git.argv = {"git", "-C", folder_, command};
    if (command == "add") git.argv.push_back(".");
    const absl::StatusOr<SubprocessResult> result = RunSubprocess(git);
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_TRUE(result->ok()) << result->err;
  }

  const std::string folder_ = NewFolder();
};

TEST_F(FindBelowTest, OutsideOfARepository) {
  Write(".git/devspace.yaml");
  EXPECT_THAT(FindConfigsBelow(folder_),
              IsOkAndHolds(ElementsAre(
                  Path(".git-like/devspace.yaml"), Path("api/devspace.yaml"),
                  Path("build/devspace.yaml"), Path("devspace.yaml"))));
}

TEST_F(FindBelowTest, IgnoredFilesAreLeftOut) {
  Write(".gitignore", "build/\n");
  Git("init");
  EXPECT_THAT(FindConfigsBelow(folder_),
              IsOkAndHolds(ElementsAre(Path(".git-like/devspace.yaml"),
                                       Path("api/devspace.yaml"),
                                       Path("devspace.yaml"))));
  EXPECT_THAT(FindConfigsBelow(Path("api")),
              IsOkAndHolds(ElementsAre(Path("api/devspace.yaml"))));
}

TEST_F(FindBelowTest, DeletedFilesOfTheIndex) {
  Git("init");
  Git("add");
  std::filesystem::remove(Path("api/devspace.yaml"));
  std::filesystem::create_directory_symlink(Path("build"), Path("link"));
  EXPECT_THAT(FindConfigsBelow(folder_),
              IsOkAndHolds(ElementsAre(Path(".git-like/devspace.yaml"),
                                       Path("build/devspace.yaml"),
                                       Path("devspace.yaml"))));
}

TEST_F(FindBelowTest, NoFolder) {
  EXPECT_THAT(FindConfigsBelow(Path("none")),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace ovenbird::config
