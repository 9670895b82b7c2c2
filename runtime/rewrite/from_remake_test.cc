#include "runtime/rewrite/from_remake.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

// Its user is root, and it has the programs that are needed.
BaseImage RootsBase() {
  BaseImage base = testing::UsualBase();
  base.user = "";
  auto files = std::make_shared<ImageFiles>(*base.files);
  for (const char* name :
       {"/bin/cmp", "/bin/ln", "/bin/mkfifo", "/bin/sleep", "/bin/touch"}) {
    files->entries[name] = files->entries["/bin/sh"];
  }
  base.files = files;
  return base;
}

TEST(FromRemakeTest, IsMadeAgain) {
  const BaseImage base = RootsBase();
  struct Case {
    std::string run;
    std::string copy;
    std::string added;  // to the first stage
    std::string sent;   // in place of the COPY
    std::string reported;
  };
  const std::string folder =
      "kaniko v1.24.0 gives the target the owner and mode of `/d`";
  const std::string pipe = "kaniko v1.24.0 hangs at the named pipe `/d/p`";
  for (const Case& c : {
           Case{"mkdir -m 700 /d", "COPY --link --from=one /d /opt/shared", "",
                "COPY --link --from=one /d /opt/shared", folder},
           Case{"mkdir /d && mkfifo /d/p", "COPY --from=one /d /x",
                "USER 0\nRUN rm -f /d/p\n",
                "COPY --from=one /d /x\nRUN mkfifo /x/p", ""},
           Case{"mkdir /d && mkfifo /d/p && chown app /d/p",
                "COPY --from=one /d /x", "", "COPY --from=one /d /x", pipe},
           Case{"mkdir /d && mkfifo -m 600 /d/p", "COPY --from=one /d /x", "",
                "COPY --from=one /d /x", pipe},
           Case{"mkdir /d && mkfifo /d/p", "COPY --from=one /d/p /x", "",
                "COPY --from=one /d/p /x", pipe},
           Case{"mkdir /d && ln /d/a /d/b", "COPY --from=one /d /x", "",
                "COPY --from=one /d /x\nRUN if cmp -s /x/a /x/b; then { sleep "
                ".02 || sleep 1; } && touch "
                "/x/a && ln -f /x/a /x/b; fi",
                ""},
       }) {
    const std::string one = absl::StrCat("FROM base AS one\nRUN ", c.run, "\n");
    const auto outcome = testing::RewriteOver(
        {&base}, absl::StrCat(one, "FROM base\n", c.copy, "\n"));
    EXPECT_EQ(outcome.text,
              absl::StrCat(one, c.added, "FROM base\n", c.sent, "\n"));
    EXPECT_EQ(absl::StrJoin(outcome.reports, "; "), c.reported) << c.run;
  }
}

// v0.19.0 copies it for root.
TEST(FromRemakeTest, AnOwnerThatIsLost) {
  const BaseImage base = testing::UsualBase();
  testing::Over over;
  over.base = &base;
  const context::Listing listing = MakeListing({"a"});
  over.listing = &listing;
  over.executor = "gcr.io/kaniko-project/executor:v0.19.0";
  const std::string stage =
      "FROM base AS one\nRUN mkdir -m 700 /d\nFROM base\n";
  EXPECT_THAT(
      testing::RewriteOver(over, stage + "COPY --from=one /d /x\n").reports,
      ::testing::IsEmpty());
  EXPECT_THAT(
      testing::RewriteOver(over, stage + "COPY --from=one /d /opt/shared\n")
          .reports,
      ::testing::ElementsAre(::testing::HasSubstr("owner and mode of `/d`")));
}

TEST(FromTopTest, IsRefused) {
  const std::string stages = "FROM scratch AS one\nCOPY a /a\nFROM scratch\n";
  EXPECT_TRUE(
      testing::RewriteOver({}, stages + "COPY --from=one / /\n").is_refused);
  EXPECT_FALSE(
      testing::RewriteOver({}, stages + "COPY --from=one /a /\n").is_refused);
}

}  // namespace
}  // namespace ovenbird::rewrite
