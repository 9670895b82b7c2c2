#include "runtime/rewrite/copied_mounts.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/kube/run_mount.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CopiedMountsTest : public ::testing::Test {
 protected:
  CopiedMountsTest() {
    base_.user = "";
    auto files = std::make_shared<ImageFiles>(*base_.files);
    files->entries["/bin/cp"] = files->entries["/bin/rm"];
    base_.files = files;
  }

  testing::Outcome Send(const std::string& lines) {
    testing::Over over;
    over.base = &base_;
    over.listing = &listing_;
    return testing::RewriteOver(over, absl::StrCat("FROM base\n", lines));
  }

  BaseImage base_ = testing::UsualBase();
  const context::Listing listing_ = MakeListing({"a", "b", "d/", "d/x"});
};

constexpr char kMount[] = "RUN --mount=type=bind,source=a,target=/srv/a ";

TEST_F(CopiedMountsTest, ALaterCopyMayWriteToTheTarget) {
  for (const char* copy : {"COPY . /srv/\n", "COPY a /srv/a\n", "ADD . /\n"}) {
    const testing::Outcome outcome = Send(absl::StrCat(kMount, "make\n", copy));
    EXPECT_THAT(outcome.text,
                HasSubstr("RUN [ ! -e /srv/a ] && cp -p /context/a /srv/a || { "
                          "echo '/srv/a: cannot mount the file here'; exit 1; "
                          "}; trap 'rm -f /srv/a' EXIT; make\n"))
        << copy;
    EXPECT_THAT(outcome.run_mounts, IsEmpty()) << copy;
    EXPECT_THAT(outcome.reports, IsEmpty()) << copy;
  }
}

TEST_F(CopiedMountsTest, SeveralFilesOfOneRun) {
  const testing::Outcome outcome = Send(
      "WORKDIR /srv\nRUN --mount=type=bind,source=a,target=a "
      "--mount=type=bind,source=b,target=b make\nCOPY . .\n");
  EXPECT_THAT(outcome.text, HasSubstr("cp -p /context/a /srv/a"));
  EXPECT_THAT(outcome.text, HasSubstr("cp -p /context/b /srv/b"));
  EXPECT_THAT(outcome.text,
              HasSubstr("trap 'rm -f /srv/a /srv/b' EXIT; make\n"));
  EXPECT_THAT(outcome.run_mounts, IsEmpty());
  EXPECT_THAT(outcome.reports, IsEmpty());
}

// Stages are often made alike, and a volume is there in all of them.
TEST_F(CopiedMountsTest, TheCopyOfAnotherStageCounts) {
  const testing::Outcome outcome = Send(absl::StrCat(
      kMount, "make deps\nFROM base\n", kMount, "make deps\nCOPY . /srv\n"));
  EXPECT_THAT(outcome.run_mounts, IsEmpty());
  EXPECT_THAT(outcome.reports, IsEmpty());
}

TEST_F(CopiedMountsTest, WhereAVolumeStays) {
  const char* kCases[] = {
      // Nothing is copied there, or before the RUN only.
      "make\n",
      "make\nCOPY a /other/\n",
      "make\nCOPY --from=base /srv /srv\n",
      // Such a command would leave the copy in the image.
      "exec make\nCOPY . /srv\n",
      "trap x EXIT; make\nCOPY . /srv\n",
      // A mount is read-only: BuildKit's build fails.
      "echo x >> /srv/a\nCOPY . /srv\n",
      "cd /srv && mv a b\nCOPY . /srv\n",
      "rm /srv/a\nCOPY . /srv\n",
      "chown -R app /srv\nCOPY . /srv\n",
      "<<EOF\nmake\nEOF\nCOPY . /srv\n",
  };
  for (const char* lines : kCases) {
    const testing::Outcome outcome = Send(absl::StrCat(kMount, lines));
    EXPECT_THAT(outcome.text, Not(HasSubstr("cp -p"))) << lines;
    EXPECT_EQ(outcome.run_mounts.size(), 1u) << lines;
  }
  EXPECT_EQ(Send(absl::StrCat("USER app\n", kMount, "make\nCOPY . /srv\n"))
                .run_mounts.size(),
            1u);
  EXPECT_EQ(Send("RUN --mount=type=bind,source=a,target=/new/a make\n"
                 "COPY . /new\n")
                .run_mounts.size(),
            1u)
      << "the folder is missing";
  EXPECT_EQ(Send("RUN --mount=type=bind,source=d,target=/srv/d make\n"
                 "COPY . /srv\n")
                .run_mounts.size(),
            1u)
      << "a folder";
}

// A volume is there in each RUN: the copy would find it in its way.
TEST_F(CopiedMountsTest, AllRunsHaveTheVolumeIfOneNeedsIt) {
  const testing::Outcome outcome =
      Send(absl::StrCat(kMount, "make\n",
                        "RUN --mount=type=bind,source=a,target=/srv/a "
                        "[\"make\"]\nCOPY . /srv\n"));
  EXPECT_THAT(outcome.text, Not(HasSubstr("cp -p")));
  EXPECT_EQ(outcome.run_mounts.size(), 1u);
  EXPECT_THAT(outcome.reports, Not(IsEmpty()));
}

}  // namespace
}  // namespace ovenbird::rewrite
