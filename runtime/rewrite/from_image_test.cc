#include "runtime/rewrite/from_image.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using testing::Outcome;
using testing::RewriteOver;
using testing::UsualBase;

struct Case {
  const char* copy;  // after `COPY --from=base`
  std::vector<std::string> sent{};
  const char* reported = "";
};

void Check(const BaseImage& base, const std::vector<Case>& cases,
           const std::string& start = "", const std::string& from = "base ") {
  for (const Case& item : cases) {
    const std::string text =
        absl::StrCat("FROM scratch\nCOPY --from=base ", item.copy);
    const Outcome outcome = RewriteOver({&base}, text);
    std::string sent = text;
    if (!item.sent.empty()) {
      sent = absl::StrCat(start, "FROM scratch");
      for (const std::string& one : item.sent) {
        absl::StrAppend(&sent, "\nCOPY --from=", from, one);
      }
    }
    EXPECT_EQ(outcome.text, sent) << text;
    EXPECT_EQ(absl::StrJoin(outcome.reports, "; "),
              *item.reported == '\0'
                  ? ""
                  : absl::StrCat("kaniko v1.24.0 ", item.reported))
        << text;
  }
}

// /opt/file belongs to root.
BaseImage RootsBase() {
  BaseImage base = UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/opt/file"].user = files->entries["/opt/file"].group = 0;
  base.files = files;
  return base;
}

TEST(FromImageTest, FollowsLinks) {
  Check(RootsBase(),
        {
            {"/opt/dir /x"},
            {"/opt/dir/old /opt/dir /x/"},
            {"/opt/dir/* /x/"},
            {"/opt/to-dir /x", {"/opt/dir /x"}},
            {"opt/to-dir/ /x", {"/opt/dir /x"}},
            {"/opt/to-dir/old /x", {"/opt/dir/old /x"}},
            {"/opt/to-file /x", {"/opt/file /x"}},
            {"/opt/to-file /x/", {"/opt/file /x/to-file"}},
            {"/opt/to-file .", {"/opt/file ./to-file"}},
            {"--chown=1:1 /opt/to-file /opt/dir/old /x/",
             {"--chown=1:1 /opt/file /x/to-file",
              "--chown=1:1 /opt/dir/old /x/"}},
            {"[\"/opt/to-file\", \"/x y/\"]",
             {"[\"/opt/file\", \"/x y/to-file\"]"}},
            {"/opt/to-dir/* /x/", {"/opt/dir/old /x/"}},
            {"/opt/to-[df]i* /x/", {"/opt/dir /x/", "/opt/file /x/to-file"}},
            // BuildKit fails, too.
            {"/opt/none /x"},
            {"/opt/dangling /x"},
        });
}

// The executor reads their paths as patterns.
TEST(FromImageTest, ReportsFoldersWithOddNames) {
  BaseImage base = UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/opt/dir/[id]"].type = ImageFile::kFolder;
  files->entries["/opt/dir/[id]/page"] = {};
  base.files = files;
  Check(base,
        {{"/opt/dir /x"},
         {"/opt/dir/*/page /x"},
         {"/opt/dir/* /x/", {}, "finds no files in the folder `/opt/dir/[id]`"},
         {"/opt/dir/[[]id] /x",
          {},
          "finds no files in the folder `/opt/dir/[id]`"}});
}

TEST(FromImageTest, NewFoldersAreRoots) {
  const BaseImage base = UsualBase();
  for (const auto& [copy, made] :
       std::vector<std::pair<std::string, std::string>>{
           {"/opt/file /opt/dir/old /x/", "/x"},
           {"/opt/file /x/deep/file", "/x/deep"},
           {"/opt/file /file", ""},
           {"/opt/dir/old /x/", ""},
           {"--chown=1:1 /opt/file /opt/dir/old /x/", ""},
       }) {
    const std::string sent = absl::StrCat("COPY --from=base ", copy);
    EXPECT_EQ(RewriteOver({&base}, absl::StrCat("FROM scratch\n", sent)).text,
              absl::StrCat("FROM scratch\n",
                           made.empty() ? "" : "WORKDIR " + made + "\n",
                           made.empty() ? "" : "WORKDIR /\n", sent));
  }
}

TEST(FromImageTest, LeavesOutWhatLayersDelete) {
  BaseImage base = UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->deleted = {"/opt/dir/gone"};
  files->entries["/opt/dir/run"].mode = 04755;
  files->entries["/opt/dir/deep/run"].mode = 02755;
  base.files = files;
  Check(base,
        {{"/opt/dir /x",
          {"ovenbird-0-0 /opt/dir /x", "base /opt/dir/deep/run /x/deep/run",
           "base /opt/dir/run /x/run"}},
         {"--chmod=755 /opt/dir /x", {"ovenbird-0-0 --chmod=755 /opt/dir /x"}}},
        "FROM base AS ovenbird-0-0\n", "");
  Check(base, {{"/opt/file /x"}, {"/opt/dir/old /x"}});

  files->deleted.clear();
  files->hidden = {"/srv/old"};
  Check(base, {{"/srv /x", {"/srv /x"}}},
        "FROM base AS ovenbird-0-0\nUSER 0\nRUN rm -rf /srv/old\n",
        "ovenbird-0-0 ");

  constexpr char kBack[] = "restores files that the image has deleted";
  files->hidden = {"/srv/a b"};
  Check(base, {{"/srv /x", {}, kBack}, {"/opt/file /x"}});
  files->hidden = {"/srv/old"};
  files->entries.erase("/bin/rm");
  Check(base, {{"/srv /x", {}, kBack}});
  files->hidden.clear();
  files->deleted = {"/srv/old"};
  base.onbuild = {"RUN false"};
  Check(base, {{"/srv /x", {}, kBack}});
}

TEST(FromImageTest, ReportsTheTargetsMode) {
  constexpr char kMode[] =
      "gives the target the owner and mode of `/opt/private`";
  const BaseImage base = UsualBase();
  for (const auto& [text, reported] :
       std::vector<std::pair<const char*, const char*>>{
           {"FROM scratch\nCOPY --from=base /opt/private /x", kMode},
           {"FROM base\nCOPY --from=base /opt/private /srv", kMode},
           {"FROM scratch\nCOPY --from=base --chown=1 /opt/private /x", kMode},
           {"FROM scratch\nCOPY --from=base --chown=1 --chmod=700 "
            "/opt/private /x",
            ""}}) {
    const Outcome outcome = RewriteOver({&base}, text);
    EXPECT_EQ(
        absl::StrJoin(outcome.reports, ""),
        *reported == '\0' ? "" : absl::StrCat("kaniko v1.24.0 ", reported))
        << text;
  }
}

TEST(FromImageTest, ReportsWhatIsLost) {
  BaseImage base = UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/srv/ping"].has_capability = true;
  files->entries["/opt/dir/two"].hard_link = "/opt/dir/old";
  base.files = files;
  constexpr char kLost[] = "loses the capabilities of `/srv/ping`";
  constexpr char kLinks[] =
      "copies the hard links `/opt/dir/old` and `/opt/dir/two` as two files";
  Check(base, {{"/srv/ping /x", {}, kLost},
               {"/srv /x", {}, kLost},
               {"--chown=1:1 /srv /x"},
               {"/opt/dir /x", {}, kLinks},
               {"/opt/dir/two /x"}});
}

TEST(FromImageTest, ReportsCapabilitiesOfAStagesBase) {
  BaseImage base = UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/bin/ping"].has_capability = true;
  files->entries["/srv/ping"].has_capability = true;
  base.files = files;
  constexpr char kLost[] =
      "kaniko v1.24.0 loses the capabilities of `/bin/ping`";
  for (const auto& [text, reported] :
       std::vector<std::pair<const char*, const char*>>{
           {"FROM scratch\nCOPY --from=s /bin/ping /x", kLost},
           {"FROM scratch\nCOPY --from=s /bin /x", kLost},
           {"FROM scratch\nCOPY --from=s --chown=1 /bin /x", ""},
           {"FROM scratch\nCOPY --from=s /bin/sh /x", ""},
           {"RUN cp a /bin/ping\nFROM scratch\nCOPY --from=s /bin/ping /x",
            ""}}) {
    EXPECT_EQ(absl::StrJoin(
                  RewriteOver({&base}, absl::StrCat("FROM base AS s\n", text))
                      .reports,
                  ""),
              reported)
        << text;
  }
  // Nobody looks for capabilities there.
  EXPECT_TRUE(RewriteOver({&base},
                          "FROM base AS s\nFROM scratch\n"
                          "COPY --from=s /srv/ping /x")
                  .asked.empty());
}

TEST(FromImageTest, UnknownImagesAreSentAsTheyAre) {
  const std::string text = "FROM scratch\nCOPY --from=base /opt/to-file /x";
  EXPECT_EQ(RewriteOver({nullptr}, text).text, text);
}

}  // namespace
}  // namespace ovenbird::rewrite
