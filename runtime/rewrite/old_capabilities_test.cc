#include "runtime/rewrite/old_capabilities.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

TEST(OldCapabilitiesTest, Reports) {
  const struct {
    const char* lines;
    bool reported;
  } kCases[] = {
      {"RUN chmod 750 /bin/ping\n", true},
      {"WORKDIR /bin\nRUN touch ping\n", true},
      {"RUN true && mv /bin/ping /usr/bin/ping\n", true},
      {"RUN [\"chmod\", \"-R\", \"go-w\", \"/bin\"]\n", true},
      {"RUN chmod 755 /bin\n", false},
      {"RUN chmod 755 /bin/sh /srv; mv /srv /bin/ping\n", false},
      {"RUN echo 1 > /bin/ping\nRUN chmod 755 /bin/ping\n", false},
  };
  BaseImage base = testing::UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  ImageFile ping;
  ping.mode = 0755;
  ping.has_capability = true;
  files->entries["/bin/ping"] = ping;
  base.files = files;
  testing::Over over;
  over.base = &base;
  over.executor = "gcr.io/kaniko-project/executor:v0.19.0";
  for (const auto& one : kCases) {
    const std::string reports = absl::StrJoin(
        testing::RewriteOver(over, absl::StrCat("FROM base\n", one.lines))
            .reports,
        "; ");
    EXPECT_EQ(reports,
              one.reported
                  ? "kaniko v0.19.0 loses the capabilities of `/bin/ping`"
                  : "")
        << one.lines;
  }
  over.executor = "gcr.io/kaniko-project/executor:v1.24.0";
  EXPECT_TRUE(testing::RewriteOver(over, "FROM base\nRUN chmod 7 /bin/ping\n")
                  .reports.empty());
}

}  // namespace
}  // namespace ovenbird::rewrite
