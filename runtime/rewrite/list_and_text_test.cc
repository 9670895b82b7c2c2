#include "runtime/rewrite/list_and_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

constexpr char kOld[] = "gcr.io/kaniko-project/executor:v0.19.0";
constexpr char kNew[] = "gcr.io/kaniko-project/executor:v1.24.0";

TEST(ListAndTextTest, WhatIsOne) {
  for (const char* text :
       {"[\"a\"] x", "[\"a\", \"b]\"]x", "[] x", "[\"a\"]\t# no comment"}) {
    EXPECT_TRUE(IsListAndText(text)) << text;
  }
  for (const char* text : {"[\"a\"]", "[\"a\"] ", "[ -f /x ] && y", "[a] x",
                           "[\"a\"", "x [\"a\"] y", ""}) {
    EXPECT_FALSE(IsListAndText(text)) << text;
  }
}

TEST(ListAndTextTest, Rewrites) {
  BaseImage base = testing::UsualBase();
  base.user = "";
  const struct {
    const char* line;
    const char* sent;
    const char* report;
  } kCases[] = {
      {"ENTRYPOINT [\"a\"] x",
       "ENTRYPOINT [\"/bin/sh\", \"-c\", \"[\\\"a\\\"] x\"]", ""},
      {"CMD [\"a\"] x", "CMD [\"/bin/sh\", \"-c\", \"[\\\"a\\\"] x\"]", ""},
      {"RUN [\"a\"] x", "RUN [\"/bin/sh\", \"-c\", \"[\\\"a\\\"] x\"]", ""},
      {"CMD [\"a\"]", "CMD [\"a\"]", ""},
      {"CMD [ -f /x ] && y", "CMD [ -f /x ] && y", ""},
      {"VOLUME [\"/a\"] x", "VOLUME [\"/a\"] x",
       "ignores the text after the JSON list"},
      {"HEALTHCHECK CMD [\"a\"] x", "HEALTHCHECK CMD [\"a\"] x",
       "ignores the text after the JSON list"},
      {"HEALTHCHECK CMD [\"a\"]", "HEALTHCHECK CMD [\"a\"]", ""},
  };
  for (const auto& c : kCases) {
    for (const char* executor : {kOld, kNew}) {
      const bool old = executor == kOld;
      testing::Over over;
      over.base = &base;
      over.executor = executor;
      const testing::Outcome outcome =
          testing::RewriteOver(over, absl::StrCat("FROM base\n", c.line, "\n"));
      EXPECT_EQ(outcome.text,
                absl::StrCat("FROM base\n", old ? c.sent : c.line, "\n"));
      const bool reported = old && *c.report != '\0';
      EXPECT_EQ(absl::StrJoin(outcome.reports, "; "),
                reported ? absl::StrCat("kaniko v0.19.0 ", c.report) : "");
    }
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
