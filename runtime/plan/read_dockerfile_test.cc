#include "runtime/plan/read_dockerfile.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReadDockerfileTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(absl::StrCat(folder_, "/", name)) << text;
  }

  // Null: it was reported.
  const SourceFile* Read(const std::string& name) {
    config::Image image;
    image.dockerfile = name;
    const auto file = ReadDockerfile(config_, "app", image, problems_);
    EXPECT_THAT(file, testing::IsOk());
    return file.ok() ? *file : nullptr;
  }

  const std::string folder_ = testing::NewFolder();
  config::Loaded config_{absl::StrCat(folder_, "/devspace.yaml"), ""};
  diag::Collector problems_;
};

TEST_F(ReadDockerfileTest, ImagesShareAFile) {
  Write("Dockerfile", "FROM scratch\n");
  const SourceFile* first = Read("Dockerfile");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->text(), "FROM scratch\n");
  Write("Dockerfile", "FROM busybox\n");
  EXPECT_EQ(Read("./Dockerfile"), first);
  EXPECT_EQ(first->text(), "FROM scratch\n");
  EXPECT_THAT(problems_.diagnostics(), IsEmpty());
}

TEST_F(ReadDockerfileTest, ReportsWhatIsMissing) {
  Write("Dockerfile.web", "FROM scratch\n");
  std::filesystem::create_directory(absl::StrCat(folder_, "/docker"));
  const struct {
    const char* name;
    const char* hint;
  } kCases[] = {
      {"Dockerfile.wep", "Dockerfile.web"},
      {"docker", "this is a folder"},
      {"nowhere/Dockerfile", ""},
  };
  for (const auto& c : kCases) {
    problems_ = {};
    EXPECT_EQ(Read(c.name), nullptr);
    ASSERT_THAT(problems_.diagnostics(), SizeIs(1)) << c.name;
    const diag::Diagnostic& problem = problems_.diagnostics()[0];
    EXPECT_EQ(std::string(problem.rule->id), "missing-dockerfile");
    EXPECT_EQ(problem.config_path, "images.app");
    EXPECT_THAT(problem.message, HasSubstr(c.name));
    EXPECT_THAT(problem.label, HasSubstr(c.hint));
  }
}

// Reading it would wait for a writer.
TEST_F(ReadDockerfileTest, APipeIsNoDockerfile) {
  ASSERT_EQ(mkfifo(absl::StrCat(folder_, "/Dockerfile").c_str(), 0600), 0);
  EXPECT_EQ(Read("Dockerfile"), nullptr);
  EXPECT_THAT(problems_.diagnostics(), SizeIs(1));
}

TEST(TriggersOfTest, ThoseOfTheTarget) {
  const SourceFile file("Dockerfile",
                        "FROM scratch AS tools\n"
                        "ONBUILD COPY tools /\n"
                        "FROM scratch AS base\n"
                        "LABEL a=b\n"
                        "ONBUILD ARG VERSION\n"
                        "ONBUILD RUN make\n");
  EXPECT_THAT(TriggersOf(file, ""), ElementsAre("ARG VERSION", "RUN make"));
  EXPECT_THAT(TriggersOf(file, "tools"), ElementsAre("COPY tools /"));
  EXPECT_THAT(TriggersOf(file, "unknown"), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::plan
