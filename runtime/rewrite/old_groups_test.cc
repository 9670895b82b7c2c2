#include "runtime/rewrite/old_groups.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

TEST(OldGroupsTest, Reports) {
  const struct {
    const char* lines;
    // After "runs it without the other groups of "; "": none.
    const char* reported;
  } kCases[] = {
      {"USER app\nRUN id > /tmp/f\n", "`app`, which `id` lists"},
      {"USER app:app\nRUN [\"id\", \"-G\"]\n", "`app`, which `id` lists"},
      {"USER 1000\nRUN true && groups\n", "`1000`, which `groups` lists"},
      {"USER app\nRUN id -u; id -gn; id --user; id root\n", ""},
      {"USER app\nRUN echo 1 > /opt/shared/f\n",
       "`app`, which `/opt/shared` needs"},
      {"USER daemon\nRUN echo 1 > /opt/shared/f\n", ""},
      {"USER app\nRUN echo 1 > /opt/private/f\n", ""},
      {"RUN chmod 777 /opt/shared\nUSER app\nRUN echo 1 > /opt/shared/f\n", ""},
      {"RUN id\nUSER root\nRUN id\nUSER app\n", ""},
  };
  const BaseImage base = testing::UsualBase();
  testing::Over over;
  over.base = &base;
  over.executor = "gcr.io/kaniko-project/executor:v0.19.0";
  for (const auto& one : kCases) {
    const std::string reports = absl::StrJoin(
        testing::RewriteOver(over, absl::StrCat("FROM base\n", one.lines))
            .reports,
        "; ");
    const std::string begin =
        "kaniko v0.19.0 runs it without the other groups of ";
    EXPECT_EQ(reports, *one.reported == '\0' ? "" : begin + one.reported)
        << one.lines;
  }
  over.executor = "gcr.io/kaniko-project/executor:v0.20.0";
  EXPECT_TRUE(testing::RewriteOver(over, "FROM base\nUSER app\nRUN id\n")
                  .reports.empty());
}

}  // namespace
}  // namespace ovenbird::rewrite
