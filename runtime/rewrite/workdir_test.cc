#include "runtime/rewrite/workdir.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RewriteOver;
using ::testing::SizeIs;
using testing::UsualBase;

struct Case {
  const char* dockerfile;
  const char* sent;
};

TEST(WorkdirTest, Sends) {
  const BaseImage base = UsualBase();
  for (const Case& item : std::vector<Case>{
           // The base image's own user.
           {"FROM base\nWORKDIR /made\nRUN x\n",
            "FROM base\nUSER 1000:1001\nWORKDIR /made\nUSER app\nRUN x\n"},
           {"FROM base\nUSER root\nWORKDIR /made\nRUN x\n",
            "FROM base\nUSER root\nWORKDIR /made\nRUN x\n"},
           {"FROM base\nUSER app:app\nWORKDIR /made\nRUN x\n",
            "FROM base\nUSER app:app\nWORKDIR /made\nRUN x\n"},
           {"FROM base\nUSER 7:7\nWORKDIR /made\nRUN x\n",
            "FROM base\nUSER 7:7\nWORKDIR /made\nRUN x\n"},
           // Folders above.
           {"FROM base\nUSER 7:7\nWORKDIR /made/deep/x\nRUN x\n",
            "FROM base\nUSER 7:7\nWORKDIR /made\nWORKDIR /made/deep\n"
            "WORKDIR /made/deep/x\nRUN x\n"},
           {"FROM base\nUSER 7:7\nWORKDIR /opt/dir/x\nRUN x\n",
            "FROM base\nUSER 7:7\nWORKDIR /opt/dir/x\nRUN x\n"},
           {"FROM base\nUSER 7:7\nWORKDIR /made\nWORKDIR deep\nRUN x\n",
            "FROM base\nUSER 7:7\nWORKDIR /made\nWORKDIR deep\nRUN x\n"},
           {"FROM base\nWORKDIR sub\nRUN x\n",
            "FROM base\nUSER 1000:1001\nWORKDIR /srv/sub\nUSER app\nRUN x\n"},
           {"FROM base\nWORKDIR /\nCMD x\n", "FROM base\nWORKDIR /\nCMD x\n"},
           {"FROM scratch\nWORKDIR /a\n", "FROM scratch\nWORKDIR /a\n"},
           // A RUN deletes it.
           {"FROM base\nUSER root\nWORKDIR /a\nRUN rmdir /a\nRUN x\n",
            "FROM base\nUSER root\nWORKDIR /a\nRUN rmdir /a\nWORKDIR /a\n"
            "RUN x\n"},
           {"FROM base\nUSER 7:7\nWORKDIR /a\nRUN rm -rf ../a\nRUN x\n",
            "FROM base\nUSER 7:7\nWORKDIR /a\nRUN rm -rf ../a\nUSER root\n"
            "WORKDIR /a\nUSER 7:7\nRUN x\n"},
           {"FROM base\nUSER root\nWORKDIR /a\nRUN rm -rf /a/* /ab\nRUN x\n",
            "FROM base\nUSER root\nWORKDIR /a\nRUN rm -rf /a/* /ab\nRUN x\n"},
           {"FROM base\nUSER root\nWORKDIR /a\nRUN rm -r /a && mkdir /a\n"
            "RUN x\n",
            "FROM base\nUSER root\nWORKDIR /a\nRUN rm -r /a && mkdir /a\n"
            "RUN x\n"},
           {"FROM base\nUSER root\nWORKDIR /a\nRUN rmdir /a\nCMD x\n",
            "FROM base\nUSER root\nWORKDIR /a\nRUN rmdir /a\nCMD x\n"},
       }) {
    const auto outcome = RewriteOver({&base}, item.dockerfile);
    EXPECT_EQ(outcome.text, item.sent);
    EXPECT_THAT(outcome.reports, IsEmpty()) << item.dockerfile;
  }
}

TEST(WorkdirTest, ReportsAFile) {
  const BaseImage base = UsualBase();
  EXPECT_THAT(RewriteOver({&base}, "FROM base\nWORKDIR /opt/file\n").reports,
              SizeIs(1));
  EXPECT_THAT(RewriteOver({&base}, "FROM base\nWORKDIR /opt/to-file\n").reports,
              SizeIs(1));
  EXPECT_THAT(RewriteOver({&base}, "FROM base\nWORKDIR /opt/dir\n").reports,
              IsEmpty());
  EXPECT_THAT(RewriteOver({}, "FROM base\nWORKDIR /opt/file\n").reports,
              IsEmpty());
}

// Without RUN, COPY and ADD the executor does not unpack the base image.
TEST(WorkdirTest, KeepsTheBaseImagesFolder) {
  const BaseImage base = UsualBase();
  const context::Listing context = MakeListing({"a"});
  struct Lines {
    const char* lines;  // after FROM
    bool unpacks;
  };
  for (const auto& [lines, unpacks] : std::vector<Lines>{
           {"WORKDIR /opt/private\n", true},
           {"WORKDIR /opt/private/new\n", true},
           {"WORKDIR /opt/to-dir\n", true},
           {"WORKDIR /opt/to-dir/new\n", true},
           {"WORKDIR /tmp\n", true},
           {"WORKDIR /opt/dir\n", false},
           {"WORKDIR /new/deep\n", false},
           {"WORKDIR /\n", false},
           {"USER app\nWORKDIR /opt/private/new\n", true},
           {"USER 7:8\nWORKDIR /opt/private/new/deep\n", true},
           {"WORKDIR /opt/private\nRUN x\n", false},
           {"COPY a /\nWORKDIR /opt/private\n", false},
           // An earlier stage may have made it.
           {"RUN x\nFROM first\nWORKDIR /made\n", true},
           {"RUN x\nFROM first\nWORKDIR /opt/dir\n", false},
           {"COPY a /b/\nFROM first\nWORKDIR /b\n", false},
           {"COPY --chown=7:8 a /b/\nFROM first\nWORKDIR /b\n", true},
       }) {
    const std::string text =
        absl::StrCat("FROM base AS first\nUSER root\n", lines);
    const auto outcome = RewriteOver({&base, &context}, text);
    EXPECT_EQ(absl::StrContains(outcome.text, ".ovenbird/top/empty/ /\n"),
              unpacks)
        << outcome.text;
    EXPECT_EQ(outcome.files.size(), unpacks ? 1u : 0u) << text;
    EXPECT_THAT(outcome.reports, IsEmpty()) << text;
  }
  EXPECT_THAT(RewriteOver({&base}, "FROM base\nWORKDIR /opt/private\n").reports,
              SizeIs(1));
  // Nothing is known.
  EXPECT_THAT(
      RewriteOver({nullptr, &context}, "FROM x\nWORKDIR /home/a\n").text,
      HasSubstr("COPY"));
  EXPECT_THAT(RewriteOver({nullptr, &context}, "FROM x\nWORKDIR /app\n").text,
              "FROM x\nWORKDIR /app\n");
}

// Nor where all layers come from the cache.
TEST(WorkdirTest, KeepsTheBaseImagesFolderWithTheCache) {
  const BaseImage base = UsualBase();
  const context::Listing context = MakeListing({"a"});
  constexpr char kNew[] = "gcr.io/kaniko-project/executor:v1.24.0";
  constexpr char kOld[] = "gcr.io/kaniko-project/executor:v0.19.0";
  struct Lines {
    const char* lines;  // after FROM
    const char* executor;
    bool unpacks;
  };
  for (const auto& [lines, executor, unpacks] : std::vector<Lines>{
           {"RUN x\nWORKDIR /opt/private\n", kNew, true},
           {"RUN x\nWORKDIR /opt/private/new\n", kNew, true},
           {"RUN x\nWORKDIR /opt/to-dir\n", kNew, true},
           {"WORKDIR /opt/private\nRUN x\n", kNew, true},
           {"RUN x\nVOLUME /opt/private/new\n", kNew, true},
           // Once, also for a user that only a RUN knows.
           {"RUN useradd b\nUSER b\nWORKDIR /opt/private/new\n", kNew, true},
           {"RUN x\nWORKDIR /opt/private\nWORKDIR /tmp\n", kNew, true},
           {"RUN x\nVOLUME /opt/private/v\nWORKDIR /tmp\n", kNew, true},
           {"RUN x\nWORKDIR /opt/dir\n", kNew, false},
           {"RUN mkdir -m 0700 /made\nWORKDIR /made\n", kNew, false},
           {"RUN x\nVOLUME /opt/dir/new\n", kNew, false},
           {"RUN x\nCOPY a /\nWORKDIR /opt/private\n", kNew, false},
           {"RUN x\nADD a /\nWORKDIR /opt/private\n", kOld, false},
           {"RUN x\nCOPY a /\nWORKDIR /opt/private\n", kOld, true},
           // An earlier stage may have made it.
           {"RUN x\nFROM first\nRUN y\nWORKDIR /made\n", kNew, true},
       }) {
    testing::Over over;
    over.base = &base;
    over.listing = &context;
    over.cache = true;
    over.executor = executor;
    const auto outcome = RewriteOver(
        over, absl::StrCat("FROM base AS first\nUSER root\n", lines));
    EXPECT_EQ(absl::StrContains(outcome.text, "/.ovenbird/top/empty/ /\n"),
              unpacks)
        << lines << outcome.text;
    EXPECT_EQ(outcome.files.size(), unpacks ? 1u : 0u) << outcome.text;
    EXPECT_THAT(outcome.reports, IsEmpty()) << lines;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
