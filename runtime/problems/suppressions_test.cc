#include "runtime/problems/suppressions.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::problems {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The span of the first `word` in the file.
Span Find(const SourceFile& file, absl::string_view word) {
  const size_t begin = absl::string_view(file.text()).find(word);
  EXPECT_NE(begin, std::string::npos) << word;
  return {&file, static_cast<uint32_t>(begin),
          static_cast<uint32_t>(begin + word.size())};
}

// The ids and reasons that ReportUnused() reports.
std::vector<std::string> Unused(const Suppressions& comments) {
  diag::Collector sink;
  comments.ReportUnused(sink);
  std::vector<std::string> unused;
  for (const diag::Diagnostic& problem : sink.diagnostics()) {
    unused.push_back(absl::StrCat(
        problem.span.file->text().substr(problem.span.begin,
                                         problem.span.end - problem.span.begin),
        ": ", problem.label));
  }
  return unused;
}

// Whether a comment hides a deprecated field, which is a warning, at `word`.
bool HidesAt(Suppressions& comments, const SourceFile& file,
             absl::string_view word) {
  return comments.Hide(diag::OfficialImage(Find(file, word), "a"));
}

TEST(SuppressionsTest, InYaml) {
  const SourceFile file("devspace.yaml",
                        "a: 1  # ovenbird: ignore[official-image] a reason\n"
                        "b: 2\n"
                        "# ovenbird: ignore[empty-key, official-image]\n"
                        "# another comment\n"
                        "\n"
                        "c: 3\n"
                        "d: 4\n"
                        "e: '#ovenbird: ignore[official-image]'\n"
                        "f: x#ovenbird: ignore[official-image]\n");
  Suppressions comments(file, FileKind::kYaml);
  EXPECT_TRUE(HidesAt(comments, file, "a: 1"));
  EXPECT_FALSE(HidesAt(comments, file, "b: 2"));
  EXPECT_TRUE(HidesAt(comments, file, "c: 3"));
  EXPECT_FALSE(HidesAt(comments, file, "d: 4"));
  EXPECT_FALSE(HidesAt(comments, file, "f: x"));
}

TEST(SuppressionsTest, InDockerfiles) {
  const SourceFile file("Dockerfile",
                        "FROM a\n"
                        "# ovenbird: ignore[official-image]\n"
                        "RUN one \\\n"
                        "  two\n"
                        "RUN three \\\n"
                        "# ovenbird: ignore[official-image]\n"
                        "  four\n"
                        "COPY five / # ovenbird: ignore[official-image]\n"
                        "# ovenbird: ignore[official-image]\n"
                        "RUN <<E\n"
                        "six\n"
                        "E\n");
  Suppressions comments(file, FileKind::kDockerfile);
  EXPECT_FALSE(HidesAt(comments, file, "FROM"));
  EXPECT_TRUE(HidesAt(comments, file, "one"));
  EXPECT_TRUE(HidesAt(comments, file, "two"));
  EXPECT_TRUE(HidesAt(comments, file, "three"));
  EXPECT_TRUE(HidesAt(comments, file, "four"));
  EXPECT_FALSE(HidesAt(comments, file, "five"));
  EXPECT_TRUE(HidesAt(comments, file, "six"));
}

TEST(SuppressionsTest, ErrorsStay) {
  const SourceFile file("devspace.yaml",
                        "a: 1  # ovenbird: ignore[missing-field]\n");
  Suppressions comments(file, FileKind::kYaml);
  EXPECT_FALSE(
      comments.Hide(diag::MissingField(Find(file, "a"), "x", "y", "")));
  EXPECT_THAT(Unused(comments),
              ElementsAre("missing-field: errors cannot be ignored"));
}

TEST(SuppressionsTest, CommentsWithoutEffect) {
  const SourceFile file(
      "devspace.yaml",
      "a: 1  # ovenbird: ignore[official-image, oficial-image, xyz]\n"
      "b: 2  # ovenbird: ignore[kaniko-differs]\n");
  Suppressions comments(file, FileKind::kYaml);
  EXPECT_THAT(Unused(comments),
              ElementsAre("official-image: nothing here has this message",
                          "oficial-image: did you mean `official-image`?",
                          "xyz: no message has this id"));
  EXPECT_TRUE(HidesAt(comments, file, "a: 1"));
  EXPECT_THAT(Unused(comments),
              ElementsAre("oficial-image: did you mean `official-image`?",
                          "xyz: no message has this id"));
}

TEST(SuppressionsTest, ChecksOfBuildKit) {
  const auto hides = [](const std::string& top) {
    const SourceFile file("Dockerfile", absl::StrCat(top, "ENV TOKEN=x\n"));
    Suppressions comments(file, FileKind::kDockerfile);
    const bool hidden = comments.Hide(
        diag::SecretInDockerfile(Find(file, "TOKEN"), "TOKEN", "ENV", "x"));
    EXPECT_FALSE(comments.Hide(diag::OfficialImage(Find(file, "ENV"), "a")));
    EXPECT_THAT(Unused(comments), IsEmpty());
    return hidden;
  };
  EXPECT_TRUE(hides("# check=skip=SecretsUsedInArgOrEnv\n"));
  EXPECT_TRUE(hides("#check=skip=JSONArgsRecommended,secretsusedinargorenv\n"));
  EXPECT_TRUE(
      hides("# syntax=docker/dockerfile:1\n# check=skip=all;error=true\n"));
  EXPECT_FALSE(hides("# check=skip=CopyIgnoredFile\n"));
  EXPECT_FALSE(hides("# check=error=true\n"));
  // Only directives at the top count.
  EXPECT_FALSE(hides("FROM a\n# check=skip=all\n"));
  EXPECT_FALSE(hides("# a comment\n# check=skip=all\n"));
}

}  // namespace
}  // namespace ovenbird::problems
