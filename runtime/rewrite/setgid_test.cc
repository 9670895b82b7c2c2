#include "runtime/rewrite/setgid.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SetgidTest, Reports) {
  const BaseImage base = testing::UsualBase();
  const context::Listing listing =
      MakeListing({"d/", "d/a", "d/l -> a", "e/", "e/a"});
  const auto reports = [&](const std::string& lines) {
    testing::Over over;
    over.base = &base;
    over.listing = &listing;
    return testing::RewriteOver(over, lines).reports;
  };
  const auto link = ElementsAre(HasSubstr("gives the symlink"));
  EXPECT_THAT(reports("FROM base\nCOPY d /opt/shared/\n"), link);
  EXPECT_THAT(reports("FROM base\nCOPY e /opt/shared/\n"), IsEmpty());
  EXPECT_THAT(reports("FROM base\nCOPY d /opt/dir/\n"), IsEmpty());
}

TEST(SetgidTest, NewFolders) {
  BaseImage base = testing::UsualBase();
  base.user = "";
  const context::Listing listing = MakeListing({"d/", "d/a"});
  for (const auto& [lines, sent] :
       std::vector<std::pair<std::string, std::string>>{
           {"COPY d /opt/shared/n\n", "2755-0-50 /opt/shared/n/"},
           {"ADD d /opt/shared/n\n", "2755-0-50 /opt/shared/n/"},
           {"COPY d/a /opt/shared/n/\n", "2755-0-50 /opt/shared/n/"},
           {"COPY d/a /opt/shared/n/m\n", "2755-0-50 /opt/shared/n/"},
           {"COPY --chown=3:4 d /opt/shared/n\n", "2755-3-4 /opt/shared/n/"},
           {"COPY --chmod=711 d /opt/shared/n\n", "2711-0-50 /opt/shared/n/"},
           {"COPY --from=base /opt/file /opt/shared/n/\n",
            "2755-0-50 /opt/shared/n/"},
           {"COPY --from=base /opt/dir /opt/shared/n\n",
            "2755-0-50 /opt/shared/n/"},
           {"WORKDIR /opt/shared/n\n", "2755-0-50 /opt/shared/n/"},
           {"USER app\nWORKDIR /opt/shared/n\n",
            "2755-1000-1001 /opt/shared/n/"},
           {"COPY d/a /opt/shared/n\n", ""},
           {"COPY d /opt/dir/n\n", ""},
           {"WORKDIR /opt/shared\n", ""},
       }) {
    testing::Over over;
    over.base = &base;
    over.listing = &listing;
    const auto outcome =
        testing::RewriteOver(over, absl::StrCat("FROM base\n", lines));
    const std::string own = "/.ovenbird/folders/";
    const size_t at = outcome.text.rfind(own);
    EXPECT_EQ(
        at == std::string::npos
            ? ""
            : outcome.text.substr(at + own.size(), outcome.text.find('\n', at) -
                                                       at - own.size()),
        sent)
        << outcome.text;
    EXPECT_THAT(outcome.reports, IsEmpty()) << lines;
  }
  const std::string copy = "FROM base\nCOPY d/a /opt/shared/n/\n";
  EXPECT_THAT(testing::RewriteOver({&base}, copy).reports,
              ElementsAre(HasSubstr("without the setgid bit")));
}

}  // namespace
}  // namespace ovenbird::rewrite
