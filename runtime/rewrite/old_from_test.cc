#include "runtime/rewrite/old_from.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

TEST(OldFromTest, Reports) {
  const struct {
    // Of the stage `s`.
    const char* lines;
    const char* copy;
    // Path whose owner is lost; "": none.
    const char* lost;
  } kCases[] = {
      {"", "COPY --from=s /opt/private/key /x", ""},
      {"", "COPY --from=s /opt/private /x", ""},
      {"", "COPY --from=s /opt /x", "/opt/file"},
      {"", "COPY --from=s /opt/dir /x", ""},
      {"", "COPY --from=s --chown=app /opt /x", ""},
      {"RUN rm -r /opt", "COPY --from=s /opt /x", ""},
      {"RUN make && chown app /a", "COPY --from=s /a /x", "/a"},
      {"RUN mkdir /d && chown app /d", "COPY --from=s /d /x", ""},
      {"RUN chown -R app /d", "COPY --from=s /d/e /x", "/d/e"},
      {"RUN chgrp staff /d/e", "COPY --from=s /d /x", "/d/e"},
      {"RUN chown -R 0:0 /d", "COPY --from=s /d /x", ""},
      {"COPY --chown=app a /srv/a", "COPY --from=s /srv /x", "/srv/a"},
      {"COPY --chown=app d /d", "COPY --from=s /d/e /x", "/d/e"},
      {"USER app\nWORKDIR /w\nRUN make", "COPY --from=s /w/out /x", "/w/out"},
      {"USER app\nWORKDIR /w\nRUN touch b", "COPY --from=s /w/c /x", ""},
      {"USER app\nRUN touch /tmp/b", "COPY --from=s /tmp /x", "/tmp/b"},
      {"WORKDIR /w\nRUN make\nUSER app", "COPY --from=s /w /x", ""},
      {"", "COPY --from=base /opt /x", "/opt/file"},
      {"", "COPY --from=base /opt/private /x", ""},
      {"", "COPY --from=base /opt/* /x/", ""},
      {"", "COPY --from=s /opt/to-* /x/", "/opt/to-file"},
  };
  const BaseImage base = testing::UsualBase();
  testing::Over over;
  over.base = &base;
  for (const auto& one : kCases) {
    const std::string dockerfile = absl::StrCat(
        "FROM base AS s\n", one.lines, "\nFROM base\n", one.copy, "\n");
    over.executor = "gcr.io/kaniko-project/executor:v0.19.0";
    std::string lost;
    for (const std::string& report :
         testing::RewriteOver(over, dockerfile).reports) {
      if (report.find("loses the owner") != report.npos) lost += report;
    }
    EXPECT_EQ(lost, *one.lost == '\0'
                        ? ""
                        : absl::StrCat("kaniko v0.19.0 loses the owner of `",
                                       one.lost, "`"))
        << dockerfile;
    over.executor = "gcr.io/kaniko-project/executor:v1.24.0";
    EXPECT_EQ(absl::StrJoin(testing::RewriteOver(over, dockerfile).reports, ";")
                  .find("loses the owner"),
              std::string::npos);
  }
}

// With its base the image has the users app (1000:1001) and daemon (1:1).
TEST(OldFromTest, NewFoldersForFilesOfTheContext) {
  const BaseImage base = testing::UsualBase();
  const context::Listing listing = MakeListing({"a", "d/", "d/b"});
  const struct {
    const char* lines;
    // The line is sent as it is.
    bool same;
    const char* report;
  } kCases[] = {
      {"COPY --chown=app a /x/\n", false, ""},
      {"COPY --chown=app:daemon d /new/d\n", false, ""},
      {"COPY --chown=app:77 a /x\n", false, ""},
      {"COPY --chown=daemon:daemon a /x\n", true, ""},
      {"COPY --chown=daemon:daemon d /x\n", true, ""},
      {"COPY --chown=daemon:daemon a /srv/\n", true, ""},
      {"COPY --chown=root a /x/\n", true, ""},
      {"RUN echo 'new:x:7:8::/:/bin/sh' >> /etc/passwd\n"
       "COPY --chown=new:daemon a /x/\n",
       true, "creates the folder `/x` with root as owner"},
      {"RUN echo 'new:x:7:8::/:/bin/sh' >> /etc/passwd && mkdir /x\n"
       "COPY --chown=new:daemon a /x/\n",
       true, ""},
      {"ADD --chown=5:6 http://h/f /y\n", true,
       "fails without `5:6` in /etc/passwd and /etc/group"},
      {"ADD --chown=1000:1001 http://h/f /y\n", true, ""},
      {"ADD --chown=0:0 http://h/f /y\n", true, ""},
  };
  for (const auto& one : kCases) {
    testing::Over over;
    over.base = &base;
    over.listing = &listing;
    over.url_status = 200;
    over.executor = "gcr.io/kaniko-project/executor:v0.19.0";
    const std::string text = absl::StrCat("FROM base\nUSER root\n", one.lines);
    const testing::Outcome outcome = testing::RewriteOver(over, text);
    EXPECT_EQ(outcome.text == text, one.same) << outcome.text;
    EXPECT_EQ(
        absl::StrJoin(outcome.reports, "; "),
        *one.report == '\0' ? "" : absl::StrCat("kaniko v0.19.0 ", one.report))
        << text;
  }
}

TEST(OldFromTest, NewFolders) {
  const struct {
    const char* copy;
    const char* folder;
  } kCases[] = {
      {"COPY --from=s --chown=app /d /new", ""},
      {"COPY --from=s --chown=app /d /new/", ""},
      {"COPY --from=s --chown=app /a /srv/a", ""},
      {"COPY --from=s --chown=root /a /new/a", ""},
      {"COPY --from=s /a /new/a", ""},
      {"COPY --from=s --chown=app /a /new/a", "/new"},
      {"COPY --from=s --chown=app /a /new/", "/new"},
      {"COPY --from=s --chown=app /l/* /new/deep/", "/new/deep"},
      {"COPY --from=s --chown=app /d /new/deep", "/new"},
  };
  const BaseImage base = testing::UsualBase();
  testing::Over over;
  over.base = &base;
  over.executor = "gcr.io/kaniko-project/executor:v0.19.0";
  for (const auto& one : kCases) {
    std::string reports;
    for (const std::string& report :
         testing::RewriteOver(
             over, absl::StrCat("FROM base AS s\nRUN mkdir /d\nFROM base\n",
                                one.copy, "\n"))
             .reports) {
      if (report.find("with root as owner") != report.npos) reports += report;
    }
    EXPECT_EQ(reports, *one.folder == '\0'
                           ? ""
                           : absl::StrCat("kaniko v0.19.0 creates the folder `",
                                          one.folder, "` with root as owner"))
        << one.copy;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
