#include "runtime/problems/fix.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/base/subprocess.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::problems {
namespace {

using ::ovenbird::testing::NewFolder;

// A problem whose fix replaces the first `old` with `text`.
diag::Diagnostic Replace(const SourceFile& file, absl::string_view old,
                         std::string text, bool safe = true) {
  const auto begin =
      static_cast<uint32_t>(absl::string_view(file.text()).find(old));
  const auto end = static_cast<uint32_t>(begin + old.size());
  return diag::YamlTab({&file, begin, end})
      .WithFix({"fix it", {{{&file, begin, end}, std::move(text)}}, safe});
}

TEST(ApplyFixesTest, KeepsEverythingElse) {
  const SourceFile file("a.yaml", "a: 1 # one\r\n\tb: two  \r\n");
  const std::vector<diag::Diagnostic> problems = {Replace(file, "two", "2"),
                                                  Replace(file, "\t", "  ")};
  const Fixed fixed = ApplyFixes(file, problems, FixChoice::kSafe);
  EXPECT_EQ(fixed.text, "a: 1 # one\r\n  b: 2  \r\n");
  EXPECT_EQ(fixed.fixes, 2);
  EXPECT_EQ(ApplyFixes(file, {}, FixChoice::kSafe).text, file.text());
  EXPECT_EQ(ApplyFixes(file, problems, FixChoice::kNone).text, file.text());
}

TEST(ApplyFixesTest, WhatIsNotSafeNeedsAll) {
  const SourceFile file("a.yaml", "a: 1\n");
  const std::vector<diag::Diagnostic> problems = {
      Replace(file, "a", "b", /*safe=*/false)};
  EXPECT_EQ(ApplyFixes(file, problems, FixChoice::kSafe).fixes, 0);
  EXPECT_EQ(ApplyFixes(file, problems, FixChoice::kAll).text, "b: 1\n");
}

// Both would be applied to a text that the other one has changed.
TEST(ApplyFixesTest, OverlapsAreLeftForTheNextRound) {
  const SourceFile file("a.yaml", "abcd\n");
  const Fixed fixed =
      ApplyFixes(file,
                 {Replace(file, "bc", "x"), Replace(file, "cd", "y"),
                  Replace(file, "b", "z")},
                 FixChoice::kSafe);
  EXPECT_EQ(fixed.text, "axd\n");
  EXPECT_EQ(fixed.fixes, 1);
}

TEST(ApplyFixesTest, OtherFilesAreLeftAlone) {
  const SourceFile file("a.yaml", "a: 1\n");
  const SourceFile flag("--var", "a=1");
  diag::Diagnostic both = Replace(file, "a", "b");
  both.fixes[0].edits.push_back({{&flag, 0, 1}, "b"});
  EXPECT_EQ(
      ApplyFixes(file, {Replace(flag, "a", "b"), both}, FixChoice::kAll).fixes,
      0);
}

// `git apply` makes the text after from the text before.
void ExpectPatch(const std::string& before, const std::string& after) {
  const std::string folder = NewFolder();
  const std::string path = absl::StrCat(folder, "/file");
  ASSERT_TRUE(WriteFile(path, before).ok());
  const std::string diff = UnifiedDiff("file", before, after);
  if (before == after) {
    EXPECT_EQ(diff, "");
    return;
  }
  Subprocess patch;
  patch.argv = {"git", "apply", "--unsafe-paths", "-p0", "-"};
  patch.working_dir = folder;
  patch.stdin_data = diff;
  const absl::StatusOr<SubprocessResult> result = RunSubprocess(patch);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->ok()) << result->err << diff;
  const absl::StatusOr<std::string> patched = ReadFile(path);
  ASSERT_TRUE(patched.ok());
  EXPECT_EQ(*patched, after) << diff;
}

TEST(UnifiedDiffTest, IsAPatch) {
  const std::string many = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n";
  const std::pair<std::string, std::string> kCases[] = {
      {"a\n", "a\n"},
      {"a\n", "b\n"},
      {"a\nb\nc\n", "a\nx\nc\n"},
      {"a\nb\nc\n", "a\nc\n"},
      {"a\nc\n", "a\nb\nc\n"},
      {"a\nb", "a\nc"},
      {"a\nb", "a\nb\n"},
      {"a\n", "a\na\na\n"},
      {many, "1\n2\n3\n4\nx\n6\n7\n8\n9\n10\n11\n12\n13\n14\n"},
      {many, "x\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\ny\n"},
      {many, "x\n2\n3\n4\n5\n6\n7\ny\n9\n10\n11\n12\n13\n14\n"},
      {many, "2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\nx\ny\n13\n14\n"},
  };
  for (const auto& [before, after] : kCases) ExpectPatch(before, after);
}

TEST(UnifiedDiffTest, LooksLikeOthers) {
  EXPECT_EQ(UnifiedDiff("a.yaml", "a: 1\nb: x\n", "a: 1\nb: y\n"),
            "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: x\n+b: y\n");
}

}  // namespace
}  // namespace ovenbird::problems
