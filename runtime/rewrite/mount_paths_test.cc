#include "runtime/rewrite/mount_paths.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

constexpr char kMount[] = "RUN --mount=type=cache,target=/app/c npm ci\n";

testing::Outcome RewriteFile(const std::string& dockerfile) {
  const BaseImage base = testing::UsualBase();
  const context::Listing listing = MakeListing({"a", "d/", "d/c", "e/", "e/f"});
  testing::Over over;
  over.base = &base;
  over.listing = &listing;
  return testing::RewriteOver(over, dockerfile);
}

TEST(MountPathsTest, ReportsOtherUses) {
  const struct {
    const char* lines;
    // After the executor's name; "": none.
    const char* report;
  } kCases[] = {
      {"RUN true", ""},
      {"RUN npm run build", ""},
      {"RUN echo 1 > /app/d", ""},
      {"COPY e /app", ""},
      {"COPY a /app/", ""},
      {"WORKDIR /app", ""},
      {"RUN mkdir -p /x/app/c", ""},
      {"RUN --mount=type=cache,target=/app/c ls /app/c", ""},
      {"RUN echo 1 > /app/c/x && rm /app/c/x", ""},
      {"RUN ls /app", ""},
      {"RUN ls /app > /f", "mounts it in the RUN that uses `/app`, too"},
      {"RUN cd /app && ls > /f", "mounts it in the RUN that uses `/app`, too"},
      {"RUN cp -r /app /x", "mounts it in the RUN that uses `/app`, too"},
      {"RUN cp -r /opt /app/d", ""},
      {"RUN cat /app/c/x", "mounts it in the RUN that uses `/app/c/x`, too"},
      {"RUN echo 1 > /app/c/x",
       "mounts it in the RUN that uses `/app/c/x`, too"},
      {"RUN rm -rf /app/c/x", "mounts it in the RUN that uses `/app/c/x`, too"},
      {"RUN rm -rf /app", "mounts it in the RUN that uses `/app`, too"},
      {"RUN mkdir /app", "mounts it in the RUN that uses `/app`, too"},
      {"RUN cd /app/c && make", "mounts it in the RUN that uses `/app/c`, too"},
      {"RUN npm ci --omit=dev",
       "mounts it in the RUN of another `npm ci`, too, whose files there are "
       "not in the image"},
      {"COPY a /app/c", "omits from the image what COPY puts at `/app/c`"},
      {"ADD a /app/c/x", "omits from the image what ADD puts at `/app/c/x`"},
      {"COPY d /app", "omits from the image what COPY puts at `/app/c`"},
      {"WORKDIR /app/c", "omits from the image the folder `/app/c` of WORKDIR"},
      {"FROM base\nCOPY --from=0 /app/d /x", ""},
      {"FROM base\nCOPY --from=0 /app /app",
       "copies the files of the mount with `/app`"},
      {"FROM base\nCOPY --from=0 /app /srv",
       "copies the files of the mount with `/app`"},
      {"FROM base\nCOPY --from=0 /app/c/x /x",
       "copies the files of the mount with `/app/c/x`"},
  };
  for (const auto& c : kCases) {
    const std::string expected =
        *c.report == '\0' ? "" : absl::StrCat("kaniko v1.24.0 ", c.report);
    EXPECT_EQ(absl::StrJoin(RewriteFile(absl::StrCat("FROM base\n", kMount,
                                                     c.lines, "\n"))
                                .reports,
                            "; "),
              expected)
        << c.lines;
  }
}

TEST(MountPathsTest, ReportsUsesBeforeTheMountAndInOtherStages) {
  EXPECT_EQ(RewriteFile(absl::StrCat("FROM base\nCOPY a /app/c/\n", kMount))
                .reports.size(),
            1u);
  EXPECT_EQ(RewriteFile(absl::StrCat("FROM base AS one\n", kMount,
                                     "FROM base\nCOPY a /app/c/\n"
                                     "COPY --from=one /x /x\n"))
                .reports.size(),
            1u);
}

TEST(MountPathsTest, ReportsAMountOnce) {
  EXPECT_EQ(RewriteFile(absl::StrCat("FROM base\n", kMount,
                                     "COPY a /app/c/\nRUN ls /app/c\n"))
                .reports.size(),
            1u);
}

TEST(MountPathsTest, FoldersOfOtherStagesAreNotInTheImage) {
  EXPECT_EQ(RewriteFile(absl::StrCat("FROM base AS one\nWORKDIR /app/c\n",
                                     kMount, "WORKDIR /w\nRUN npm ci\n",
                                     "FROM base\nCOPY --from=one /x /x\n"))
                .reports.size(),
            0u);
}

TEST(MountPathsTest, MakesTheFolderOfWorkdir) {
  EXPECT_EQ(
      RewriteFile(absl::StrCat("FROM base\nUSER 0\nWORKDIR /app\n", kMount))
          .text,
      "FROM base\nUSER 0\nWORKDIR /app\nCOPY "
      ".ovenbird/door/context/.ovenbird/mount/empty/ /app/\nRUN npm "
      "ci\n");
  // It is in the base image, or not above a mount.
  EXPECT_EQ(RewriteFile("FROM base\nUSER 0\nWORKDIR /opt\n"
                        "RUN --mount=type=cache,target=/opt/c x\nWORKDIR /x\n")
                .text,
            "FROM base\nUSER 0\nWORKDIR /opt\nRUN x\nWORKDIR /x\n");
}

}  // namespace
}  // namespace ovenbird::rewrite
