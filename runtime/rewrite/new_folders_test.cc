#include "runtime/rewrite/new_folders.h"

#include <string>
#include <utility>
#include <vector>

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
using ::testing::Not;

// Returns the last folder of our own that is copied, and where it goes; "".
std::string LastFolder(const std::string& text) {
  const std::string own = "/.ovenbird/folders/";
  const size_t at = text.rfind(own);
  if (at == std::string::npos) return "";
  const size_t begin = at + own.size();
  return text.substr(begin, text.find('\n', at) - begin);
}

// `cases`: lines after `from`, and the last folder of our own.
void Check(const std::string& from, const BaseImage& base,
           const context::Listing& listing,
           const std::vector<std::pair<std::string, std::string>>& cases) {
  for (const auto& [lines, sent] : cases) {
    const auto outcome = testing::RewriteOver({&base, &listing}, from + lines);
    EXPECT_EQ(LastFolder(outcome.text), sent) << outcome.text;
    EXPECT_THAT(outcome.reports, IsEmpty()) << lines;
  }
}

TEST(NewFoldersTest, BelowASetgidFolder) {
  BaseImage base = testing::UsualBase();
  base.user = "";
  const context::Listing listing = MakeListing({"d/", "d/a"});
  Check("FROM base\n", base, listing,
        {
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
        });
  const std::string copy = "FROM base\nCOPY d/a /opt/shared/n/\n";
  EXPECT_THAT(testing::RewriteOver({&base}, copy).reports,
              ElementsAre(HasSubstr("the new folder `/opt/shared/n`")));
}

// kaniko has them itself.
TEST(NewFoldersTest, OfTheExecutor) {
  const context::Listing listing = MakeListing({"d/", "d/a"});
  const BaseImage base = testing::UsualBase();
  Check("FROM scratch\n", base, listing,
        {
            {"COPY d/a /tmp/a\n", "755-0-0 /tmp/"},
            {"COPY d /tmp\n", "755-0-0 /tmp/"},
            {"WORKDIR /tmp/w\n", "755-0-0 /tmp/"},
            {"WORKDIR /etc\n", "755-0-0 /etc/"},
            {"USER 3:4\nWORKDIR /workspace\n", "755-3-4 /workspace/"},
            {"COPY --chown=1:2 d /workspace\n", "755-1-2 /workspace/"},
            {"COPY --chmod=700 d/a /etc/a\n", "700-0-0 /etc/"},
            {"COPY --from=base /opt/dir /tmp\n", "755-0-0 /tmp/"},
            {"COPY d/a /etc/a\n", ""},
            {"COPY d /workspace\n", ""},
            {"COPY d/a /srv/a\n", ""},
            {"COPY d/a /tmp\n", ""},
        });
  // The base image has it.
  EXPECT_THAT(
      testing::RewriteOver({&base, &listing}, "FROM base\nCOPY d/a /tmp/a\n")
          .text,
      Not(HasSubstr(".ovenbird")));
}

}  // namespace
}  // namespace ovenbird::rewrite
