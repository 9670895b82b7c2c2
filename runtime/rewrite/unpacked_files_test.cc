#include "runtime/rewrite/unpacked_files.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* lines;
  const char* prefix;    // of the last RUN
  const char* reported;  // after the executor's name
};

void Check(const BaseImage& base, const Case& c) {
  const std::string text = absl::StrCat("FROM base\nUSER root\n", c.lines);
  std::string sent = text;
  if (*c.prefix != '\0') {
    sent.insert(sent.rfind("RUN ") + 4, absl::StrCat(c.prefix, " "));
  }
  const auto outcome = testing::RewriteOver({&base}, text);
  EXPECT_EQ(outcome.text, sent);
  EXPECT_EQ(
      absl::StrJoin(outcome.reports, "; "),
      *c.reported == '\0' ? "" : absl::StrCat("kaniko v1.24.0 ", c.reported))
      << c.lines;
}

TEST(UnpackedFilesTest, Nsswitch) {
  BaseImage base = testing::UsualBase();
  constexpr char kGone[] = "rm -f /etc/nsswitch.conf;";
  constexpr char kShown[] = "shows its own /etc/nsswitch.conf to this RUN";
  for (const Case& c : {
           Case{"RUN cat /etc/nsswitch.conf\n", kGone, ""},
           Case{"RUN test -e /etc/nsswitch.conf || echo x > "
                "/etc/nsswitch.conf\n",
                kGone, ""},
           Case{"RUN ls /etc\n", kGone, ""},
           Case{"RUN tar -cf /x /\n", kGone, ""},
           Case{"COPY a /opt/\nRUN echo /etc/*\n", kGone, ""},
           Case{"RUN cat /etc/passwd\n", "", ""},
           Case{"RUN make\nRUN ls /etc\n", "", ""},
           Case{"COPY a /etc/\nRUN ls /etc\n", "", ""},
           Case{"RUN echo 1 > /etc/nsswitch.conf\n", kGone, ""},
           Case{"RUN [\"ls\", \"/etc\"]\n", "", kShown},
           Case{"USER app\nRUN ls /etc\n", "", kShown},
       }) {
    Check(base, c);
  }
  const std::string later =
      "FROM base AS one\nRUN x\nFROM base\nUSER root\nRUN ls /etc\n"
      "COPY --from=one /f /f\n";
  EXPECT_EQ(testing::RewriteOver({&base}, later).text, later);
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/etc/nsswitch.conf"] = files->entries["/etc/passwd"];
  base.files = files;
  Check(base, {"RUN ls /etc\n", "", ""});
  base.files = nullptr;
  Check(base, {"RUN ls /etc\n", "", ""});
}

TEST(UnpackedFilesTest, Hidden) {
  BaseImage base = testing::UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->hidden = {"/opt/dir/gone", "/opt/dir/tree"};
  base.files = files;
  constexpr char kGone[] = "rm -rf /opt/dir/gone /opt/dir/tree;";
  constexpr char kShown[] =
      "may show `/opt/dir/gone` to this RUN, which the base image has deleted";
  for (const Case& c : {
           Case{"RUN find /opt\n", kGone, ""},
           Case{"RUN chmod -R g+w /opt/dir\nRUN cat /opt/dir/*\n", kGone, ""},
           Case{"COPY a /opt/dir/gone\nRUN ls /opt/dir\n",
                "rm -rf /opt/dir/tree;", ""},
           Case{"COPY a /opt/dir/\nRUN ls /opt/dir\n", "", kShown},
           Case{"RUN make\nRUN ls /opt/dir\n", "", kShown},
           Case{"USER app\nRUN find /opt\n", "", kShown},
           Case{"RUN cat /opt/file\n", "", ""},
           Case{"RUN ls /opt/shared\n", "", ""},
       }) {
    if (absl::string_view(c.lines).find("chmod -R") != std::string::npos) {
      // Both see the folder.
      EXPECT_EQ(testing::RewriteOver(
                    {&base}, absl::StrCat("FROM base\nUSER root\n", c.lines))
                    .text,
                absl::StrCat("FROM base\nUSER root\nRUN ", kGone,
                             " chmod -R g+w /opt/dir\nRUN ", kGone,
                             " cat /opt/dir/*\n"));
      continue;
    }
    Check(base, c);
  }
}

TEST(UnpackedFilesTest, HiddenInAnotherStage) {
  BaseImage base = testing::UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->hidden = {"/opt/dir/gone"};
  base.files = files;
  constexpr char kShown[] =
      "kaniko v1.24.0 may copy `/opt/dir/gone`, which the base image has "
      "deleted";
  struct Case {
    const char* lines;
    const char* copy;
    const char* added;
    const char* reported;
  };
  for (const Case& c : {
           Case{"RUN echo 1 > /f\n", "/opt/dir /x",
                "USER 0\nRUN rm -rf /opt/dir/gone\n", ""},
           Case{"USER root\nRUN echo 1 > /f\n", "/opt/d* /x",
                "RUN rm -rf /opt/dir/gone\n", ""},
           Case{"RUN echo 1 > /f\n", "/opt/file /x", "", ""},
           Case{"RUN make DESTDIR=/opt/dir\n", "/opt/dir /x", "", ""},
           Case{"RUN make\n", "/opt/dir /x", "", kShown},
           Case{"COPY a /f\n", "/opt/dir /x", "", kShown},
       }) {
    const std::string one = absl::StrCat("FROM base AS one\n", c.lines);
    const std::string two =
        absl::StrCat("FROM base\nCOPY --from=one ", c.copy, "\n");
    const auto outcome = testing::RewriteOver({&base}, absl::StrCat(one, two));
    EXPECT_EQ(outcome.text, absl::StrCat(one, c.added, two));
    EXPECT_EQ(absl::StrJoin(outcome.reports, "; "), c.reported) << c.lines;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
