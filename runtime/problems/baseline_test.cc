#include "runtime/problems/baseline.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::problems {
namespace {

using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;

// A warning at the first `word`.
diag::Diagnostic WarningAt(const SourceFile& file, absl::string_view word) {
  const auto begin =
      static_cast<uint32_t>(absl::string_view(file.text()).find(word));
  diag::Diagnostic problem =
      diag::OfficialImage({&file, begin, begin + 1}, "a");
  problem.config_path = "images.app";
  return problem;
}

class BaselineTest : public ::testing::Test {
 protected:
  // Writes the baseline and reads it again.
  Baseline Again(const std::vector<diag::Diagnostic>& problems) {
    const std::string path = absl::StrCat(folder_, "/baseline.json");
    EXPECT_TRUE(WriteFile(path, Baseline::Of(problems, path).Write()).ok());
    absl::StatusOr<Baseline> read = Baseline::Read(path);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *std::move(read) : Baseline();
  }
  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }

  const std::string folder_ = NewFolder();
};

TEST_F(BaselineTest, ProblemsAreFoundAgain) {
  const SourceFile before(Path("api/devspace.yaml"), "a: 1\n  image: x\n");
  Baseline baseline = Again({WarningAt(before, "image")});
  EXPECT_EQ(baseline.size(), 1);
  // Another line, another indentation.
  const SourceFile after(Path("api/devspace.yaml"), "\n\na: 2\n    image: x\n");
  EXPECT_FALSE(baseline.Take(WarningAt(after, "a: 2")));
  EXPECT_TRUE(baseline.Take(WarningAt(after, "image")));
  // There was only one.
  EXPECT_FALSE(baseline.Take(WarningAt(after, "image")));
}

TEST_F(BaselineTest, OfAnotherFile) {
  const SourceFile one(Path("devspace.yaml"), "image: x\n");
  const SourceFile other(Path("api/devspace.yaml"), "image: x\n");
  Baseline baseline = Again({WarningAt(one, "image")});
  EXPECT_FALSE(baseline.Take(WarningAt(other, "image")));
  EXPECT_TRUE(baseline.Take(WarningAt(one, "image")));
}

TEST_F(BaselineTest, NamesStartAtTheFile) {
  const std::filesystem::path here = std::filesystem::current_path();
  std::filesystem::create_directory(Path("api"));
  const SourceFile file(Path("api/devspace.yaml"), "image: x\n");
  Baseline baseline = Again({WarningAt(file, "image")});
  std::filesystem::current_path(Path("api"));
  const SourceFile near("devspace.yaml", "image: x\n");
  const bool taken = baseline.Take(WarningAt(near, "image"));
  std::filesystem::current_path(here);
  EXPECT_TRUE(taken);
}

TEST_F(BaselineTest, ErrorsAreNeverKnown) {
  const SourceFile file(Path("devspace.yaml"), "image: x\n");
  diag::Diagnostic error = WarningAt(file, "image");
  error.severity = diag::Severity::kError;
  Baseline baseline = Again({error});
  EXPECT_EQ(baseline.size(), 0);
  baseline = Again({WarningAt(file, "image")});
  EXPECT_FALSE(baseline.Take(error));
}

TEST_F(BaselineTest, WrongFiles) {
  EXPECT_THAT(Baseline::Read(Path("none")),
              StatusIs(absl::StatusCode::kNotFound));
  for (const char* text : {"", "[]", "{\"version\": 2}", "x"}) {
    ASSERT_TRUE(WriteFile(Path("wrong"), text).ok());
    EXPECT_THAT(Baseline::Read(Path("wrong")),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

}  // namespace
}  // namespace ovenbird::problems
