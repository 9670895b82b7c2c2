#include "runtime/rewrite/from_links.h"

#include <memory>
#include <string>
#include <vector>

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

// A part of what is sent for two stages; "!" in front: that is not sent.
struct Case {
  const char* first;
  const char* second;
  const char* sent;
};

void Check(const std::vector<Case>& cases) {
  const BaseImage base = testing::UsualBase();
  const context::Listing listing = MakeListing({"a"});
  for (const Case& item : cases) {
    const auto outcome = testing::RewriteOver(
        {&base, &listing},
        absl::StrCat("FROM base AS one\nUSER 0\n", item.first,
                     "FROM base\nUSER 0\n", item.second));
    const bool absent = item.sent[0] == '!';
    EXPECT_EQ(absl::StrContains(outcome.text, item.sent + (absent ? 1 : 0)),
              !absent)
        << item.first << item.second << outcome.text;
    EXPECT_EQ(absl::StrJoin(outcome.reports, "\n"), "") << item.second;
  }
}

TEST(FromLinksTest, NamesWhatALinkOfTheBaseImageLeadsTo) {
  Check({
      {"", "COPY --from=one /opt/to-file /x\n", "--from=one /opt/file /x\n"},
      {"", "COPY --from=one /opt/to-dir /x\n", "--from=one /opt/dir /x\n"},
      // Its name in the folder is that of the symlink.
      {"", "COPY --from=one /opt/to-file /x/\n",
       "--from=one /opt/file /x/to-file\n"},
      {"", "COPY --from=one /opt/to-file /srv\n",
       "--from=one /opt/file /srv/to-file\n"},
      {"RUN true\n", "COPY --from=one /opt/to-file /opt/file /x/\n",
       "cp -RpH /opt/to-file /.ovenbird-from/"},
      {"RUN mkdir -p /r/1 && ln -s /r/1 /r/now\n",
       "COPY --from=one /r/now/f /x\n", "--from=one /r/1/f /x\n"},
      {"", "COPY --from=one /opt/dir/old /x\n", "--from=one /opt/dir/old /x\n"},
      // The stage makes it.
      {"RUN cp a /opt/to-file\n", "COPY --from=one /opt/to-file /x\n",
       "--from=one /opt/to-file /x\n"},
  });
}

TEST(FromLinksTest, CopiesWhatMatchedLinksOfTheBaseImageLeadTo) {
  Check({
      {"RUN true\n", "COPY --from=one /opt/to-* /x/\n",
       "cp -RpH /opt/to-* /.ovenbird-"},
      {"RUN true\n", "COPY --from=one /opt/f* /x/\n", "!cp -RpH"},
      {"RUN true\n", "COPY --from=one /opt/dang* /x/\n", "!cp -RpH"},
  });
  BaseImage base = testing::UsualBase();
  constexpr char kCopy[] = "COPY --from=one /opt/to-* /x/\n";
  constexpr char kReport[] =
      "kaniko v1.24.0 copies the symlink `/opt/to-dir`, not its target";
  for (const char* last : {"FROM one\n", "FROM base\n"}) {
    // Nothing can be added to the first stage.
    const auto outcome = testing::RewriteOver(
        {&base}, absl::StrCat("FROM base AS one\n", last, kCopy));
    EXPECT_EQ(absl::StrJoin(outcome.reports, "\n"), kReport) << last;
  }
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/bin/cp"] = files->entries["/bin/sh"];
  files->entries["/bin/mkdir"] = files->entries["/bin/sh"];
  base.files = files;
  const auto outcome = testing::RewriteOver(
      {&base}, absl::StrCat("FROM base AS one\nFROM base\n", kCopy));
  EXPECT_TRUE(absl::StrContains(outcome.text, "cp -RpH /opt/to-* /.ovenbird-"))
      << outcome.text;
  EXPECT_TRUE(outcome.reports.empty());
}

TEST(FromLinksTest, ReplacesLinksToPrograms) {
  Check({
      {"RUN npm install -g eslint\n",
       "COPY --from=one /usr/local/bin/eslint /x\n",
       "; for p in /usr/local/bin/eslint; do"},
      {"RUN python -m venv /v\n", "COPY --from=one /v/bin/python /x\n",
       "; for p in /v/bin/python; do"},
      {"RUN npm install eslint\n", "COPY --from=one /usr/local/bin/tool /x\n",
       "!cp -RpH"},
      {"RUN npm install -g eslint\n", "COPY --from=one /srv/eslint /x\n",
       "!cp -RpH"},
  });
}

// A layer from the cache would leave a symlink that becomes a folder.
TEST(FromLinksTest, ReplacesLinksInTwoLayersWithTheCache) {
  const BaseImage base = testing::UsualBase();
  testing::Over over;
  over.base = &base;
  for (const bool cache : {false, true}) {
    over.cache = cache;
    const std::string text =
        testing::RewriteOver(over,
                             "FROM base AS one\nUSER 0\nRUN mv /a /b\n"
                             "FROM base\nUSER 0\nCOPY --from=one /b /x\n")
            .text;
    EXPECT_TRUE(absl::StrContains(
        text, absl::StrCat("done", cache ? "\nRUN" : ";",
                           " n=1; while [ -f /.ovenbird-from/path$n ]; do")))
        << text;
  }
}

TEST(FromLinksTest, MakesWayForFiles) {
  Check({
      {"RUN echo 1 > /f\n", "COPY --from=one /f /opt/to-file\n",
       "/archive.tar /\nCOPY --from=one /f /opt/to-file\n"},
      {"RUN echo 1 > /to-file\n", "COPY --from=one /to-file /opt/\n",
       "/archive.tar /\nCOPY --from=one /to-file /opt/\n"},
      // It may be a folder, whose files go to the target.
      {"RUN make\n", "COPY --from=one /to-file /opt/\n", "!archive.tar"},
      {"RUN echo 1 > /f\n", "COPY --from=one /f /opt/file\n", "!archive.tar"},
  });
}

}  // namespace
}  // namespace ovenbird::rewrite
