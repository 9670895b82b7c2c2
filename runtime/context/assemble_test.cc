#include "runtime/context/assemble.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/door.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class AssembleTest : public ::testing::Test {
 protected:
  AssembleTest() {
    std::filesystem::remove_all(base_);
    Write("app/src/a", "a");
  }
  ~AssembleTest() override { std::filesystem::remove_all(base_); }

  void Write(const std::string& path, const std::string& content) {
    const std::filesystem::path full = absl::StrCat(base_, "/", path);
    std::filesystem::create_directories(full.parent_path());
    ASSERT_THAT(WriteFile(full, content), IsOk());
  }

  void Run(const std::string& dockerfile, const std::string& name,
           std::vector<MemoryFile> files = {},
           const std::vector<dockerfile::Source>* sources = nullptr,
           std::vector<std::string> content_only = {},
           bool ignore_at_top = false) {
    const std::string path = absl::StrCat(base_, "/", dockerfile);
    auto folder = OpenFolder(base_ + "/app", path, problems_);
    ASSERT_THAT(folder, IsOk());
    AssembleOptions options{path,       name,
                            "FROM x\n", std::move(files),
                            sources,    std::move(content_only)};
    options.ignore_at_top = ignore_at_top;
    const Assembled result = Assemble(*folder, options, problems_);
    paths_.clear();
    for (size_t i = 0; i < result.listing.size(); ++i) {
      paths_.push_back(result.listing.Path(i));
    }
    files_.clear();
    for (const MemoryFile& file : result.files) {
      files_[file.path] = file.content;
      links_[file.path] = file.link_target;
    }
  }

  const std::string base_ = ::testing::TempDir() + "/assemble";
  diag::Collector problems_;
  std::vector<std::string> paths_;
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> links_;
};

TEST_F(AssembleTest, DockerfileInTheContext) {
  Write("app/Dockerfile", "FROM y\n");
  Run("app/Dockerfile", "Dockerfile");
  EXPECT_THAT(paths_, ElementsAre("Dockerfile", "src", "src/a"));
  EXPECT_THAT(files_, ElementsAre(Pair("Dockerfile", "FROM x\n")));
}

TEST_F(AssembleTest, ADockerfileFromElsewhereIsHiddenFromCopy) {
  Write("docker/Prod", "FROM y\n");
  Run("docker/Prod", "Prod");
  EXPECT_THAT(files_, ElementsAre(Pair("Prod", "FROM x\n"),
                                  Pair("Prod.dockerignore",
                                       "Prod\nProd.dockerignore\n")));
  // Also when it takes the name of another file.
  Write("app/Prod", "no Dockerfile");
  Run("docker/Prod", "Prod");
  EXPECT_THAT(files_, ElementsAre(Pair("Prod", "FROM x\n"),
                                  Pair("Prod.dockerignore",
                                       "Prod\nProd.dockerignore\n")));
  Write("docker/[x]", "FROM y\n");
  Run("docker/[x]", "[x]");
  EXPECT_EQ(files_["[x].dockerignore"], "\\[x\\]\n\\[x\\].dockerignore\n");
}

TEST_F(AssembleTest, CopySeesTheUsersDockerfileWhenAnotherOneIsSent) {
  Write("app/Dockerfile", "FROM y\n");
  Run("app/Dockerfile", ".ovenbird/Dockerfile");
  EXPECT_THAT(paths_, ElementsAre("Dockerfile", "src", "src/a"));
  EXPECT_THAT(files_, ElementsAre(Pair(".ovenbird/Dockerfile", "FROM x\n"),
                                  Pair(".ovenbird/Dockerfile.dockerignore",
                                       ".ovenbird\n")));
}

TEST_F(AssembleTest, AnIgnoredDockerfileIsSentAndHidden) {
  Write("app/Dockerfile", "FROM y\n");
  Write("app/.dockerignore", "Dockerfile\n.dockerignore\n");
  Run("app/Dockerfile", "Dockerfile");
  EXPECT_THAT(paths_, ElementsAre("src", "src/a"));
  EXPECT_THAT(files_,
              ElementsAre(Pair("Dockerfile", "FROM x\n"),
                          Pair("Dockerfile.dockerignore",
                               "Dockerfile\nDockerfile.dockerignore\n")));
}

TEST_F(AssembleTest, TheRulesInForceAreNotSentAgain) {
  Write("app/Dockerfile", "FROM y\n");
  Write("app/.dockerignore", ".git\n");
  Run("app/Dockerfile", "Dockerfile");
  EXPECT_THAT(paths_,
              ElementsAre(".dockerignore", "Dockerfile", "src", "src/a"));
  EXPECT_THAT(files_, ElementsAre(Pair("Dockerfile", "FROM x\n"),
                                  Pair("Dockerfile.dockerignore",
                                       "Dockerfile.dockerignore\n")));
  Write("docker/Prod", "FROM y\n");
  Run("docker/Prod", "Prod");
  EXPECT_EQ(files_["Prod.dockerignore"], "Prod\nProd.dockerignore\n");
  Write("app/.dockerignore", ".devspace\n");
  Run("app/Dockerfile", "Dockerfile", {{".devspace/helper", "#!", true}});
  EXPECT_EQ(files_["Dockerfile.dockerignore"], "Dockerfile.dockerignore\n");
  EXPECT_EQ(files_[".devspace/helper"], "#!");
}

TEST_F(AssembleTest, FoldersWithoutTheirOwnModeAndFilesOfOurs) {
  Write("app/Dockerfile", "FROM y\n");
  Run("app/Dockerfile", "Dockerfile", {{".ovenbird/1/x", "x"}}, nullptr,
      {".ovenbird/1", "src"});
  const std::string door = ThroughDoorOf("src");
  EXPECT_EQ(files_["Dockerfile.dockerignore"],
            absl::StrCat(".ovenbird\n"
                         "!.ovenbird/door/context/*\n"
                         "!",
                         door, "/*\n", door, "/src\n!", door,
                         "/src/*\n"
                         ".ovenbird/door/context/.ovenbird\n",
                         door,
                         "/.ovenbird\n"
                         "Dockerfile.dockerignore\n"
                         ".ovenbird/door/context/Dockerfile.dockerignore\n",
                         door,
                         "/Dockerfile.dockerignore\n"
                         ".ovenbird/door/context/.ovenbird/1\n"
                         "!.ovenbird/door/context/.ovenbird/1/*\n"));
  EXPECT_EQ(links_[".ovenbird/door"], "/");
  EXPECT_EQ(links_[DoorOf("src")], "/");
}

// What hides `src/deep` must not hide it in a COPY of `src`.
TEST_F(AssembleTest, FoldersInFoldersHaveDoorsOfTheirOwn) {
  EXPECT_NE(DoorOf(""), DoorOf("src"));
  EXPECT_NE(DoorOf("src"), DoorOf("src/deep"));
  EXPECT_EQ(DoorOf(".ovenbird/1"), DoorOf(".ovenbird/2"));
}

// kaniko v0.19.0 reads `.dockerignore` alone.
TEST_F(AssembleTest, OldKanikosIgnoreFile) {
  Write("app/Dockerfile", "FROM y\n");
  Write("app/.dockerignore", "Dockerfile\n.dockerignore\n");
  Run("app/Dockerfile", "Dockerfile", {}, nullptr, {}, true);
  EXPECT_THAT(files_,
              ElementsAre(Pair(".dockerignore", "Dockerfile\n.dockerignore\n"),
                          Pair("Dockerfile", "FROM x\n")));
  // COPY shows the user's file, and its rules are right.
  Write("app/.dockerignore", "Dockerfile\n");
  Run("app/Dockerfile", "Dockerfile", {}, nullptr, {}, true);
  EXPECT_THAT(files_, ElementsAre(Pair("Dockerfile", "FROM x\n")));
  // Rewriting has COPY take the user's file from a folder of ours.
  Run("app/Dockerfile", "Dockerfile", {}, nullptr, {".ovenbird/1"}, true);
  EXPECT_EQ(files_[".dockerignore"],
            ".ovenbird\n"
            "!.ovenbird/door/context/*\n"
            "Dockerfile\n"
            ".ovenbird/door/context/Dockerfile\n"
            ".ovenbird/door/context/.ovenbird\n"
            ".dockerignore\n"
            ".ovenbird/door/context/.dockerignore\n"
            ".ovenbird/door/context/.ovenbird/1\n"
            "!.ovenbird/door/context/.ovenbird/1/*\n");
}

TEST_F(AssembleTest, WhetherOldKanikosGetAnotherIgnoreFile) {
  const auto replaces = [&](const std::string& dockerfile) {
    const std::string path = absl::StrCat(base_, "/", dockerfile);
    auto folder = OpenFolder(base_ + "/app", path, problems_);
    EXPECT_THAT(folder, IsOk());
    return ReplacesIgnoreFile(*folder, path, "Dockerfile");
  };
  Write("app/Dockerfile", "FROM y\n");
  Write("Dockerfile", "FROM y\n");
  EXPECT_FALSE(replaces("app/Dockerfile"));
  EXPECT_FALSE(replaces("Dockerfile"));
  Write("app/.dockerignore", "x\n");
  EXPECT_FALSE(replaces("app/Dockerfile"));
  // A Dockerfile that is not in the context is hidden.
  EXPECT_TRUE(replaces("Dockerfile"));
  Write("app/.dockerignore", "Dockerfile\n");
  EXPECT_FALSE(replaces("Dockerfile"));
  Write("app/Dockerfile.dockerignore", "x\n");
  EXPECT_TRUE(replaces("app/Dockerfile"));
}

TEST_F(AssembleTest, KanikoMustNotReadAnIgnoreFileThatIsNotInForce) {
  Write("app/Dockerfile", "FROM y\n");
  Write("app/.dockerignore", "src\n");
  Write("app/Dockerfile.dockerignore", "*.md\n");
  Run("app/Dockerfile", "Dockerfile");
  EXPECT_THAT(paths_, ElementsAre(".dockerignore", "Dockerfile",
                                  "Dockerfile.dockerignore", "src", "src/a"));
  // COPY sees it as it is.
  EXPECT_EQ(files_["Dockerfile.dockerignore"], "*.md\n\n");
}

TEST_F(AssembleTest, OnlyWhatIsNeeded) {
  Write("app/Dockerfile", "FROM y\n");
  Write("app/.dockerignore", "x\n");
  Write("app/b", "b");
  dockerfile::Source source;
  source.kind = dockerfile::Source::kPath;
  source.text = "src";
  const std::vector<dockerfile::Source> sources = {source};
  Run("app/Dockerfile", "Dockerfile", {}, &sources);
  EXPECT_THAT(paths_, ElementsAre("src", "src/a"));
  EXPECT_THAT(files_, ElementsAre(Pair("Dockerfile", "FROM x\n")));
}

}  // namespace
}  // namespace ovenbird::context
