#include "runtime/plan/context_folders.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/context/assemble.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/folder_cache.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::plan {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ContextFoldersTest : public ::testing::Test {
 protected:
  ContextFoldersTest() {
    std::filesystem::create_directory(absl::StrCat(folder_, "/web"));
    Write("web/page.html", "hello\n");
    Write("Dockerfile", "FROM scratch\n");
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(absl::StrCat(folder_, "/", name)) << text;
  }

  // Null: it was reported.
  std::shared_ptr<const context::Folder> Open(
      const std::string& context,
      const std::string& dockerfile = "Dockerfile") {
    config::Image image;
    image.context = context;
    auto folder =
        folders_.Open("app", image, absl::StrCat(folder_, "/", dockerfile));
    EXPECT_THAT(folder, testing::IsOk());
    return folder.ok() ? *folder : nullptr;
  }

  const std::string folder_ = testing::NewFolder();
  config::Loaded config_{absl::StrCat(folder_, "/devspace.yaml"), ""};
  diag::Collector problems_;
  ContextFolders folders_{config_, problems_};
};

TEST_F(ContextFoldersTest, AFolderIsWalkedOnce) {
  const auto first = Open("web");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->listing.size(), 1u);
  // A second walk would find it.
  Write("web/new.html", "new\n");
  EXPECT_EQ(Open("./web/"), first);
  EXPECT_EQ(Open("web/../web"), first);
}

// Its ignore file may be another one (`NAME.dockerignore`).
TEST_F(ContextFoldersTest, AnotherDockerfileMayIgnoreOtherFiles) {
  Write("web/Dockerfile.dockerignore", "page.html\n");
  const auto all = Open("web");
  const auto some = Open("web", "web/Dockerfile");
  ASSERT_NE(all, nullptr);
  ASSERT_NE(some, nullptr);
  EXPECT_NE(all, some);
}

TEST_F(ContextFoldersTest, TheIgnoreFileOutlivesTheFolders) {
  Write("web/.dockerignore", "*.tmp\n");
  ASSERT_NE(Open("web"), nullptr);
  ASSERT_THAT(config_.extra_sources, SizeIs(1));
  EXPECT_EQ(config_.extra_sources[0]->text(), "*.tmp\n");
}

// For the next check of the same project; its problems are reported again.
TEST_F(ContextFoldersTest, TheCacheKeepsFoldersAndTheirProblems) {
  Write("web/.dockerignore", "[\n");
  FolderCache cache;
  std::shared_ptr<const context::Folder> first;
  for (const bool is_new : {true, false, true}) {
    config::Loaded config(absl::StrCat(folder_, "/devspace.yaml"), "");
    diag::Collector problems;
    ContextFolders folders(config, problems, &cache);
    config::Image image;
    image.context = "web";
    const auto opened =
        folders.Open("app", image, absl::StrCat(folder_, "/Dockerfile"));
    ASSERT_THAT(opened, testing::IsOk());
    EXPECT_EQ(*opened != first, is_new);
    EXPECT_EQ(cache.used(), !is_new);
    ASSERT_THAT(problems.diagnostics(), SizeIs(1));
    EXPECT_EQ(std::string(problems.diagnostics()[0].rule->id),
              "ignore-pattern");
    ASSERT_THAT(config.extra_sources, SizeIs(1));
    EXPECT_EQ(problems.diagnostics()[0].span.file,
              config.extra_sources[0].get());
    if (!is_new) cache.Clear();
    first = *opened;
  }
}

TEST_F(ContextFoldersTest, ReportsWhatIsNoFolder) {
  Write("file", "");
  const struct {
    const char* context;
    const char* reason;
  } kCases[] = {{"missing", "missing"}, {"file", "not a folder"}};
  for (const auto& c : kCases) {
    problems_ = {};
    EXPECT_EQ(Open(c.context), nullptr);
    ASSERT_THAT(problems_.diagnostics(), SizeIs(1)) << c.context;
    const diag::Diagnostic& problem = problems_.diagnostics()[0];
    EXPECT_EQ(std::string(problem.rule->id), "missing-context");
    EXPECT_EQ(problem.config_path, "images.app");
    EXPECT_THAT(problem.message, HasSubstr(c.context));
    EXPECT_THAT(problem.message, HasSubstr(c.reason));
  }
}

}  // namespace
}  // namespace ovenbird::plan
