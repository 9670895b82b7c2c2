#include "runtime/rewrite/workdir.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

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
  EXPECT_THAT(RewriteOver({&base}, "FROM base\nWORKDIR /opt/to-dir\n").reports,
              IsEmpty());
  EXPECT_THAT(RewriteOver({}, "FROM base\nWORKDIR /opt/file\n").reports,
              IsEmpty());
}

}  // namespace
}  // namespace ovenbird::rewrite
