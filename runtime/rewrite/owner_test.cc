// --chown and WORKDIR with users and groups of the base image.
#include "runtime/rewrite/owner.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RewriteOver;
using testing::UsualBase;

struct Case {
  const char* before;
  const char* chown;
  const char* sent;
};

TEST(OwnerTest, NumbersOfChown) {
  const BaseImage base = UsualBase();
  for (const Case& item : std::vector<Case>{
           {"", "app", "1000:1001"},
           {"", "daemon", "daemon"},
           {"", "root", "root"},
           {"", "1000", "1000"},
           {"", "app:staff", "app:staff"},
           {"", "app:nogroup", "1000:1001"},
           {"", "7:nogroup", "7:7"},
           {"", "nobody", "0:0"},
           {"", "nobody:staff", "0:50"},
           {"", "nobody:9", "0:9"},
           // It may be there now.
           {"RUN apt-get install x\n", "nobody", "nobody"},
           {"RUN apt-get install x\n", "app", "1000:1001"},
           {"RUN echo 1 > /srv/app > /etc/x\n", "app", "1000:1001"},
           {"RUN sed -i s/1/2/ /etc/passwd\n", "app", "app:app"},
           {"RUN groupmod -g 9 app\n", "app", "app:app"},
           {"COPY passwd /etc/\n", "app", "app"},
           {"COPY --from=other / /\n", "app", "app"},
           {"COPY x /srv/\n", "app", "1000:1001"},
       }) {
    const auto text = [&](const std::string& chown) {
      return "FROM base\n" + std::string(item.before) +
             "COPY --chown=" + chown + " a /x\n";
    };
    const auto outcome = RewriteOver({&base}, text(item.chown));
    EXPECT_EQ(outcome.text, text(item.sent));
    EXPECT_THAT(outcome.reports, IsEmpty());
    EXPECT_EQ(RewriteOver({}, text(item.chown)).text, text(item.chown));
  }
  const std::string run = "FROM base\nRUN usermod -g 7 app\n";
  EXPECT_EQ(RewriteOver({&base}, run + "COPY --chown=app a /x\n").text,
            run + "COPY --chown=app:7 a /x\n");
}

// Of files of the context it is known whether one of them is /etc/passwd.
TEST(OwnerTest, AfterCopiesToEtc) {
  const BaseImage base = UsualBase();
  const context::Listing listing =
      MakeListing({"a", "d/", "d/x", "e/", "e/group", "e/passwd"});
  for (const auto& [before, sent] :
       std::vector<std::pair<std::string, std::string>>{
           {"COPY d /etc\n", "1000:1001"},
           {"COPY a /etc/\n", "1000:1001"},
           {"COPY d /\n", "1000:1001"},
           {"COPY e /etc\n", "app"},
           {"COPY e/group /etc/\n", "1000:1001"},
           {"COPY e/passwd /etc/\n", "app"},
           {"ADD e /etc\n", "app"},
       }) {
    const auto text = RewriteOver({&base, &listing},
                                  absl::StrCat("FROM base\n", before,
                                               "COPY --chown=app a /srv/\n"))
                          .text;
    EXPECT_THAT(text, HasSubstr(absl::StrCat("--chown=", sent, " "))) << before;
  }
}

// v0.17.1 reads --chown, and does nothing with it.
TEST(OwnerTest, WithoutChown) {
  BaseImage base = UsualBase();
  base.user = "";
  const context::Listing listing = MakeListing({"a"});
  testing::Over over;
  over.base = &base;
  over.listing = &listing;
  over.executor = "gcr.io/kaniko-project/executor:v0.17.1";
  for (const char* chown : {"app", "app:app", "daemon", "1000:1001", "7"}) {
    const auto outcome = RewriteOver(
        over, absl::StrCat("FROM base\nCOPY --chown=", chown, " a /srv/\n"));
    ASSERT_EQ(outcome.files.size(), 1u) << chown;
    EXPECT_NE(outcome.files[0].owner.user, 0u) << chown;
    EXPECT_THAT(outcome.reports, IsEmpty()) << chown;
  }
  const auto ignored = ElementsAre(HasSubstr("ignores `--chown`"));
  const std::string copy = "COPY --chown=web a /srv/\n";
  const std::string unknown = "FROM base\nRUN adduser web\n" + copy;
  EXPECT_THAT(RewriteOver(over, unknown).reports, ignored);
  EXPECT_THAT(RewriteOver(over,
                          "FROM base AS x\nFROM base\n"
                          "COPY --from=x --chown=app /srv /srv\n")
                  .reports,
              ignored);
  EXPECT_THAT(
      RewriteOver(over, "FROM base\nCOPY --chown=root a /srv/\n").reports,
      IsEmpty());
  over.executor = "gcr.io/kaniko-project/executor:v0.18.0";
  EXPECT_THAT(RewriteOver(over, unknown).reports, IsEmpty());
}

}  // namespace
}  // namespace ovenbird::rewrite
