#include "runtime/rewrite/early_volumes.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

std::string Rewritten(const std::string& lines, bool cache = true) {
  BaseImage base = testing::UsualBase();
  const auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/bin/rmdir"] = files->entries.at("/bin/rm");
  files->entries["/opt/link"] = files->entries.at("/opt/to-dir");
  files->entries["/opt/link"].link = "/opt";
  base.files = files;
  testing::Over over;
  over.base = &base;
  over.cache = cache;
  return testing::RewriteOver(over, "FROM base\n" + lines).text;
}

TEST(EarlyVolumesTest, AreRemovedBeforeTheFirstRunThatNamesThem) {
  EXPECT_EQ(Rewritten("RUN ls\nRUN mkdir /data\nRUN ls /data\nVOLUME /data\n"),
            "FROM base\nRUN ls\nRUN rmdir /data 2>/dev/null || :; mkdir /data\n"
            "RUN ls /data\nVOLUME /data\n");
  EXPECT_EQ(
      Rewritten("ENV D=/data\nRUN mkdir $D\nVOLUME $D\n"),
      "FROM base\nENV D=/data\nRUN rmdir /data 2>/dev/null || :; mkdir $D\n"
      "VOLUME $D\n");
  EXPECT_EQ(
      Rewritten("USER 0\nWORKDIR /srv\nRUN mkdir media\nVOLUME /srv/media\n"),
      "FROM base\nUSER 0\nWORKDIR /srv\n"
      "RUN rmdir /srv/media 2>/dev/null || :; mkdir media\n"
      "VOLUME /srv/media\n");
}

TEST(EarlyVolumesTest, HaveARunOfTheirOwnBeforeOtherForms) {
  for (const char* run : {
           "RUN [\"mkdir\", \"/data\"]\n",
           "RUN <<END\nmkdir /data\nEND\n",
       }) {
    EXPECT_NE(Rewritten(std::string("USER 0\n") + run + "VOLUME /data\n")
                  .find("RUN rmdir /data 2>/dev/null || :;\nRUN "),
              std::string::npos)
        << run;
  }
}

TEST(EarlyVolumesTest, FoldersAboveAreRemovedToo) {
  EXPECT_EQ(Rewritten("RUN mkdir /a && mkdir /a/b\nVOLUME /a/b\n"),
            "FROM base\nRUN rmdir /a/b /a 2>/dev/null || :; mkdir /a && mkdir "
            "/a/b\nVOLUME /a/b\n");
  EXPECT_NE(Rewritten("RUN mkdir /a\nVOLUME /a/b\n")
                .find("RUN rmdir /a/b /a 2>/dev/null || :; mkdir /a\n"),
            std::string::npos);
  // Those of all VOLUMEs before the folder that they share.
  EXPECT_NE(Rewritten("RUN mkdir -p /a/b /a/c\nVOLUME /a/b /a/c\n")
                .find("RUN rmdir /a/c /a/b /a 2>/dev/null || :; mkdir"),
            std::string::npos);
}

TEST(EarlyVolumesTest, FoldersOfTheBaseStay) {
  for (const char* lines : {
           "RUN ls /opt/dir\nVOLUME /opt/dir\n",
           "RUN ls /opt/to-dir\nVOLUME /opt/to-dir\n",
           "RUN ls /opt/link/dir\nVOLUME /opt/link/dir\n",
           "COPY . /data/\nRUN ls /data\nVOLUME /data\n",
       }) {
    EXPECT_EQ(Rewritten(lines).find("rmdir"), std::string::npos) << lines;
  }
  EXPECT_EQ(Rewritten("RUN mkdir /data\nVOLUME /data\n", /*cache=*/false),
            "FROM base\nRUN mkdir /data\nVOLUME /data\n");
}

}  // namespace
}  // namespace ovenbird::rewrite
