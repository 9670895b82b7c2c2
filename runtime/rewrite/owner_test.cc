// --chown and WORKDIR with users and groups of the base image.
#include "runtime/rewrite/owner.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

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
           {"RUN usermod -g 7 app\n", "app", "app"},
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
}

}  // namespace
}  // namespace ovenbird::rewrite
