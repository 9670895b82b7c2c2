#include "runtime/rewrite/odd_folders.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

context::Listing Sample() {
  return MakeListing({"app/", "app/[id]/", "app/[id]/sub/", "app/a\\b/",
                      "app/top.js", "plain/", "plain/f"});
}

// Sources that executors copy without the files of a folder.
TEST(OddFoldersTest, ReportsFoldersOfTheContext) {
  struct Case {
    const char* stage;
    const char* source;
    const char* folder;  // "": none is reported
  } cases[] = {
      {"COPY app /app", "/app/*", "/app/[id]"},
      {"COPY . /", "/app/*", "/app/[id]"},
      {"WORKDIR /w\nCOPY . .", "/w/app/[[]id]", "/w/app/[id]"},
      {"COPY app /app", "/app/*/sub", "/app/[id]/sub"},
      {"COPY app /app", "/app/a*", "/app/a\\b"},
      {"COPY app /app", "/app", ""},
      {"COPY app /app", "/app/*.js", ""},
      {"COPY plain /app", "/app/*", ""},
      {"COPY plain \"/app/[x]\"", "/app/*", "/app/[x]"},
  };
  const context::Listing listing = Sample();
  testing::Over over;
  over.listing = &listing;
  for (const Case& one : cases) {
    const auto outcome = testing::RewriteOver(
        over,
        absl::StrCat("FROM scratch AS s\n", one.stage,
                     "\nFROM scratch\nCOPY --from=s ", one.source, " /x/\n"));
    const std::string reports = absl::StrJoin(outcome.reports, "; ");
    EXPECT_EQ(
        reports,
        *one.folder == '\0'
            ? ""
            : absl::StrCat("kaniko v1.24.0 finds no files in the folder `",
                           one.folder, "`"))
        << one.stage << " " << one.source;
  }
}

// With a shell they get other names in the stage.
TEST(OddFoldersTest, CopiesThemWithPlainNames) {
  struct Case {
    const char* stage;
    const char* source;
    bool rewritten;
  } cases[] = {
      {"COPY app /app\nRUN true", "/app/*", true},
      {"COPY app /src\nRUN make", "/out/*", true},
      {"COPY app /src\nRUN make", "/out/*.js", false},
      {"COPY plain /src\nRUN make", "/out", false},
      {"RUN make", "/out/*", false},
  };
  const context::Listing listing = Sample();
  const BaseImage base = testing::UsualBase();
  testing::Over over;
  over.base = &base;
  over.listing = &listing;
  for (const Case& one : cases) {
    const auto outcome = testing::RewriteOver(
        over,
        absl::StrCat("FROM base AS s\nUSER 0\n", one.stage,
                     "\nFROM base\nCOPY --from=s ", one.source, " /x/\n"));
    EXPECT_EQ(absl::StrContains(outcome.text,
                                "\nCOPY --from=s /.ovenbird-from/0/* /x/\n"),
              one.rewritten)
        << outcome.text;
    EXPECT_TRUE(outcome.reports.empty()) << outcome.reports[0];
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
