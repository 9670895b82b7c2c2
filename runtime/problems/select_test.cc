#include "runtime/problems/select.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/problems/baseline.h"
#include "runtime/problems/rule_settings.h"
#include "runtime/problems/suppressions.h"

namespace ovenbird::problems {
namespace {

using diag::Severity;
using ::testing::ElementsAre;

class SelectTest : public ::testing::Test {
 protected:
  // The ids that are left, with the letters of their severities.
  std::vector<std::string> Selected(SelectOptions options,
                                    bool complete = false) {
    const std::vector<diag::Diagnostic> problems = {
        diag::OfficialImage({&file_, 0, 1}, "a"),
        diag::KanikoArchived({&file_, 5, 6}, "a", "b"),
        diag::MissingField({&file_, 5, 6}, "a", "b", "")};
    std::vector<std::string> selected;
    for (const diag::Diagnostic& problem :
         Select(problems, {{&file_, FileKind::kYaml, complete}},
                std::move(options))) {
      selected.push_back(
          absl::StrCat(problem.severity == Severity::kError     ? "E "
                       : problem.severity == Severity::kWarning ? "W "
                                                                : "N ",
                       problem.rule->id));
    }
    return selected;
  }

  const SourceFile file_{
      "devspace.yaml",
      "a: 1\nb: 2  # ovenbird: ignore[kaniko-archived, xyz]\n"};
};

TEST_F(SelectTest, Comments) {
  EXPECT_THAT(Selected({}), ElementsAre("W official-image", "E missing-field"));
  EXPECT_THAT(Selected({}, /*complete=*/true),
              ElementsAre("W official-image", "E missing-field",
                          "W ignore-without-effect"));
}

TEST_F(SelectTest, Rules) {
  SelectOptions options;
  options.rules = {{"official-image", Severity::kError},
                   {"ignore-without-effect", std::nullopt}};
  EXPECT_THAT(Selected(options, /*complete=*/true),
              ElementsAre("E official-image", "E missing-field"));
  options.rules = {{"official-image", Severity::kNote}};
  EXPECT_THAT(Selected(options),
              ElementsAre("N official-image", "E missing-field"));
}

TEST_F(SelectTest, Strict) {
  SelectOptions options;
  options.strict = true;
  EXPECT_THAT(Selected(options),
              ElementsAre("E official-image", "E missing-field"));
  // What was made a note is none of the warnings.
  options.rules = {{"official-image", Severity::kNote}};
  EXPECT_THAT(Selected(options),
              ElementsAre("N official-image", "E missing-field"));
}

TEST_F(SelectTest, KnownProblems) {
  SelectOptions options;
  options.baseline =
      Baseline::Of({diag::OfficialImage({&file_, 0, 1}, "a")}, "baseline.json");
  options.strict = true;
  EXPECT_THAT(Selected(options), ElementsAre("E missing-field"));
  // An error is reported, whoever made it one.
  options.rules = {{"official-image", Severity::kError}};
  EXPECT_THAT(Selected(options),
              ElementsAre("E official-image", "E missing-field"));
}

TEST_F(SelectTest, HasErrors) {
  EXPECT_FALSE(HasErrors({}));
  EXPECT_FALSE(HasErrors({diag::OfficialImage({}, "a")}));
  EXPECT_TRUE(HasErrors({diag::MissingField({}, "a", "b", "")}));
}

}  // namespace
}  // namespace ovenbird::problems
