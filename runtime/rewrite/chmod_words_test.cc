#include "runtime/rewrite/chmod_words.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

testing::Outcome Send(const char* line, const char* executor) {
  const BaseImage base = testing::UsualBase();
  testing::Over over;
  over.base = &base;
  over.url_status = 200;
  over.executor = executor;
  return testing::RewriteOver(
      over, absl::StrCat("FROM base AS s\nFROM base\n", line, "\n"));
}

constexpr char kGoogle[] = "gcr.io/kaniko-project/executor:v1.24.0";
constexpr char kFork[] = "ghcr.io/osscontainertools/kaniko:v1.28.3";

TEST(ChmodWordsTest, OfDownloads) {
  const struct {
    const char* words;
    const char* sent;
  } kCases[] = {
      {"u=rwx,go=rx", "0755"}, {"a=r", "0444"},   {"+x", "0711"},
      {"go=u-w", "0644"},      {"u=rwX", "0600"}, {"0640", "0640"},
      {"755", "755"},
  };
  for (const auto& c : kCases) {
    const std::string line =
        absl::StrCat("ADD --chmod=", c.words, " http://h/f /x");
    const testing::Outcome outcome = Send(line.c_str(), kGoogle);
    EXPECT_EQ(absl::StrJoin(outcome.reports, "; "), "") << line;
    EXPECT_NE(outcome.text.find(absl::StrCat("--chmod=", c.sent, " ")),
              std::string::npos)
        << outcome.text;
  }
}

TEST(ChmodWordsTest, OfFilesOfAStage) {
  const char* const line = "COPY --from=s --chmod=u=rwX,go=rX /srv/a /x";
  EXPECT_EQ(absl::StrJoin(Send(line, kGoogle).reports, "; "),
            "kaniko v1.24.0 accepts only octal digits in --chmod");
  EXPECT_EQ(absl::StrJoin(Send(line, kFork).reports, "; "), "");
  const char* const octal = "COPY --from=s --chmod=0755 /srv/a /x";
  EXPECT_EQ(absl::StrJoin(Send(octal, kGoogle).reports, "; "), "");
}

}  // namespace
}  // namespace ovenbird::rewrite
