#include "runtime/migrate/migrate.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/config/load.h"
#include "runtime/config/surroundings.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/text.h"
#include "tools/testing/golden.h"

namespace ovenbird::migrate {
namespace {

namespace fs = std::filesystem;

constexpr char kCases[] = "testdata/migrate";

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCases)) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path InputOf(const std::string& name) {
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(kCases) / name)) {
    if (entry.path().stem() == "in") return entry.path();
  }
  return {};
}

// A machine that sets no variables.
class NoSurroundings : public config::Surroundings {
 public:
  std::optional<std::string> Variable(absl::string_view) override {
    return std::nullopt;
  }
  absl::Time Now() override { return absl::UnixEpoch(); }
  std::string Random() override { return "abcdef"; }
  absl::StatusOr<std::string> GitCommit() override {
    return std::string(40, '0');
  }
};

// What the config alone gets as errors and warnings.
std::string ProblemsOf(const std::string& yaml) {
  NoSurroundings surroundings;
  config::LoadOptions options;
  options.path = "devspace.yaml";
  options.text = yaml;
  options.surroundings = &surroundings;
  diag::Collector problems;
  const absl::StatusOr<std::unique_ptr<config::Loaded>> loaded =
      config::Load(options, problems);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return problems.errors() + problems.warnings() == 0
             ? ""
             : report::RenderText(problems.Sorted());
}

class MigrateTest : public ::testing::TestWithParam<std::string> {};

TEST_P(MigrateTest, AsReviewedAndValid) {
  const std::string folder = absl::StrCat(kCases, "/", GetParam());
  const fs::path input = InputOf(GetParam());
  const SourceFile file(input.filename(), *ReadFile(input));
  diag::Collector problems;
  const std::optional<Migrated> migrated =
      Migrate(file, "my project", problems);
  ::ovenbird::testing::ExpectGolden(absl::StrCat(folder, "/want.diag"),
                                    report::RenderText(problems.Sorted()));
  EXPECT_EQ(migrated.has_value(), !absl::StartsWith(GetParam(), "bad-"));
  EXPECT_EQ(problems.has_errors(), !migrated.has_value());
  if (!migrated) return;
  ::ovenbird::testing::ExpectGolden(absl::StrCat(folder, "/want.yaml"),
                                    migrated->yaml);
  EXPECT_EQ(ProblemsOf(migrated->yaml), "");
  // Every message points into the file.
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    EXPECT_EQ(problem.span.file, &file) << problem.message;
    EXPECT_LT(problem.span.begin, problem.span.end) << problem.message;
  }
}

INSTANTIATE_TEST_SUITE_P(All, MigrateTest, ::testing::ValuesIn(Names()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Migrate, NamesTheTool) {
  const SourceFile file("a\nb.yaml",
                        "services: {web: {image: r.io/web, build: .}}");
  diag::Collector problems;
  const std::optional<Migrated> migrated = Migrate(file, "p", problems);
  ASSERT_TRUE(migrated.has_value());
  EXPECT_EQ(migrated->tool, "Compose");
  EXPECT_EQ(migrated->images, 1u);
  // The name cannot end the comment.
  EXPECT_THAT(migrated->yaml,
              ::testing::StartsWith("# Converted from a\\nb.yaml by"));
}

}  // namespace
}  // namespace ovenbird::migrate
