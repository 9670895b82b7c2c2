#include "runtime/rewrite/own_paths.h"

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

struct Case {
  const char* name;
  const char* lines;
  // After the executor's name; "": none.
  const char* reported;
};

class OwnPathsTest : public ::testing::TestWithParam<Case> {};

TEST_P(OwnPathsTest, Reports) {
  const BaseImage base = testing::UsualBase();
  const testing::Outcome outcome = testing::RewriteOver(
      {&base}, std::string("FROM base\n") + GetParam().lines);
  const std::string executor = "kaniko v1.24.0 ";
  std::string expected = GetParam().reported;
  if (!expected.empty()) expected = executor + expected;
  EXPECT_EQ(absl::StrJoin(outcome.reports, "; "), expected);
}

const Case kCases[] = {
    {"Redirection", "RUN echo 1 > /context/b\n",
     "omits from the image the files that RUN writes to `/context/b`"},
    {"Mkdir", "RUN a && mkdir -p /kaniko/mine\n",
     "omits from the image the files that RUN writes to `/kaniko/mine`"},
    {"Mtab", "RUN ln -s ../proc/mounts /etc/mtab\n",
     "omits from the image the files that RUN writes to `/etc/mtab`"},
    {"Relative", "WORKDIR /context/app\nRUN echo 1 > b\n",
     "omits from the image the files that RUN writes to `/context/app/b`"},
    {"UnknownCommand", "WORKDIR /context\nRUN make\n",
     "omits from the image what `make` writes to `/context`"},
    {"ExecForm", "RUN [\"mkdir\", \"/kaniko/x\"]\n",
     "omits from the image the files that RUN writes to `/kaniko/x`"},
    {"Removal", "COPY a /context/a\nRUN rm /context/a\n",
     "leaves `/context/a` in the image"},
    {"Listing", "RUN ls -A /kaniko\n", "has its own files in `/kaniko`"},
    // Its /etc/nsswitch.conf, too: the base image has no `rm`.
    {"ListOfTop", "RUN ls -a / | sort > /list\n",
     "shows its own /etc/nsswitch.conf to this RUN; kaniko v1.24.0 shows its "
     "own folders, such as `/workspace`, in the list of `/`"},
    {"ListOfFolder", "WORKDIR /\nRUN tree > list\n",
     "shows its own /etc/nsswitch.conf to this RUN; kaniko v1.24.0 shows its "
     "own folders, such as `/workspace`, in the list of `/`"},
    {"ListOnScreen", "RUN ls / && ls -l / >/dev/null\n",
     "shows its own /etc/nsswitch.conf to this RUN"},
    {"ListOfSomeNames", "RUN ls -A / | grep -c dockerenv > /f || true\n",
     "shows its own /etc/nsswitch.conf to this RUN"},
    {"ListOfAnother", "RUN ls /opt > /x; ls /opt > /list\n", ""},
    {"Temporary", "RUN mkdir /context/t && rm -r /context/t\n", ""},
    {"TemporaryInANewFolder", "RUN mkdir -p /context/t && rm -r /context/t\n",
     "omits from the image the files that RUN writes to `/context/t`"},
    {"CopyOfMtab", "COPY a /etc/mtab\n", "omits `/etc/mtab` from the image"},
    {"CopyOfHosts", "COPY a /etc/hosts\n", "omits `/etc/hosts` from the image"},
    {"AddOfResolvConf", "WORKDIR /etc\nADD a ./resolv.conf\n",
     "omits `/etc/resolv.conf` from the image"},
    {"Hostname", "RUN echo name > /etc/hostname\n",
     "omits from the image the files that RUN writes to `/etc/hostname`"},
    {"RunWritesHosts", "RUN echo ::1 a >> /etc/hosts\n",
     "omits from the image the files that RUN writes to `/etc/hosts`"},
    {"RunReadsResolvConf", "RUN cat /etc/resolv.conf /etc/hosts > /f\n", ""},
    {"CopyOfHostsDenied", "COPY a /etc/hosts.deny\n", ""},
    {"CopyToAnOwnFolder", "COPY a /context/a\nADD b /kaniko/b\n", ""},
    {"Reading", "RUN cat /context/a\n", ""},
    {"OtherPaths", "WORKDIR /contexts\nRUN mkdir /srv/kaniko && make\n", ""},
};

TEST(OwnPathsOfStagesTest, EtcOfAStage) {
  const BaseImage base = testing::UsualBase();
  const auto reports = [&](const std::string& copy) {
    return testing::RewriteOver(
               {&base}, "FROM base AS one\nRUN x\nFROM base\n" + copy + "\n")
        .reports;
  };
  EXPECT_EQ(reports("COPY --from=one /etc/ /x").size(), 1u);
  EXPECT_EQ(reports("COPY --from=one etc /x").size(), 1u);
  EXPECT_EQ(reports("COPY --from=one /etc/passwd /x").size(), 0u);
  EXPECT_EQ(absl::StrJoin(reports("COPY --from=one /etc/hosts /x"), "; "),
            "kaniko v1.24.0 copies `/etc/hosts` of its own container");
  EXPECT_EQ(absl::StrJoin(reports("COPY --from=one /x/hosts /etc/"), "; "),
            "kaniko v1.24.0 omits `/etc/hosts` from the image");
  EXPECT_EQ(reports("COPY etc /x").size(), 0u);
  EXPECT_EQ(absl::StrJoin(reports("COPY --from=one /etc/* /x/"), "; "),
            "kaniko v1.24.0 copies `hosts` and `resolv.conf` of its own "
            "container, too");
  EXPECT_EQ(reports("COPY --from=one /etc/app* /x/").size(), 0u);
}

// What a folder of the context contains, and names that files keep.
TEST(OwnPathsOfTheContextTest, MountedFiles) {
  const BaseImage base = testing::UsualBase();
  const context::Listing listing =
      MakeListing({"etc/", "etc/hosts", "hosts", "root/", "root/etc/",
                   "root/etc/resolv.conf", "root/etc/x", "to-etc -> root/etc"});
  testing::Over over;
  over.base = &base;
  over.listing = &listing;
  const struct {
    const char* copy;
    const char* file;
  } kCases[] = {
      {"COPY . /", "hosts"},
      {"COPY root /", "resolv.conf"},
      {"COPY root/ /srv", ""},
      {"ADD root/etc /etc", "resolv.conf"},
      {"COPY to-etc /etc", "resolv.conf"},
      {"COPY root/etc/x hosts /etc/", "hosts"},
      {"COPY hosts /etc", "hosts"},
      {"COPY host* /etc", "hosts"},
      {"COPY hosts /etc/hosts.d", ""},
      {"COPY root/etc/x /etc/", ""},
      {"COPY --parents etc/hosts /", "hosts"},
      {"COPY --parents root/etc/x /", ""},
      {"COPY --exclude=etc/hosts . /", ""},
      {"ADD https://a.io/resolv.conf /etc/", "resolv.conf"},
  };
  for (const auto& c : kCases) {
    std::string found;
    for (const std::string& report :
         testing::RewriteOver(over, absl::StrCat("FROM base\n", c.copy, "\n"))
             .reports) {
      if (absl::StrContains(report, "omits `")) absl::StrAppend(&found, report);
    }
    const std::string expected =
        *c.file == '\0' ? ""
                        : absl::StrCat("kaniko v1.24.0 omits `/etc/", c.file,
                                       "` from the image");
    EXPECT_EQ(found, expected) << c.copy;
  }
}

TEST(OldOwnPathsTest, CopyBeforeRun) {
  const BaseImage base = testing::UsualBase();
  testing::Over over;
  over.base = &base;
  over.executor = "gcr.io/kaniko-project/executor:v0.19.0";
  const auto reports = [&](const std::string& lines) {
    return absl::StrJoin(
        testing::RewriteOver(over, "FROM base\n" + lines).reports, "; ");
  };
  EXPECT_EQ(reports("COPY a /context/x\nRUN cat /context/x\n"),
            "kaniko v0.19.0 deletes `/context/x` after the next RUN");
  EXPECT_EQ(reports("RUN true\nCOPY a /kaniko/\nCOPY b /kaniko/b\n"), "");
  EXPECT_EQ(reports("COPY a /contexts/x\nRUN true\n"), "");
}

INSTANTIATE_TEST_SUITE_P(All, OwnPathsTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ovenbird::rewrite
