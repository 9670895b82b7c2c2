#include "runtime/rewrite/obstacles.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using testing::RewriteOver;
using testing::UsualBase;

context::Listing Sample() {
  return MakeListing({"a", "dangling", "d/", "d/to-file", "f/", "f/file/",
                      "f/file/x", "g/", "g/opt/", "g/opt/to-file", "l/",
                      "l/dir -> x", "n/", "n/new", "to-file", "two"});
}

struct Case {
  const char* lines;  // after FROM
  // "DOOR": through the door; "HASH/": a folder of ours. "": unchanged.
  const char* sent = "";
  // Of an archive: its names, joined.
  const char* archive = "";
  const char* report = "";
};

// A tar of empty files: one block each, and two at the end.
std::string NamesIn(const std::string& archive) {
  std::string names;
  for (size_t at = 0; at + 1024 < archive.size(); at += 512) {
    absl::StrAppend(&names, names.empty() ? "" : " ", archive.c_str() + at);
  }
  return names;
}

TEST(ObstaclesTest, Copies) {
  BaseImage base = UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/opt/dir/two"] = files->entries["/opt/dir/one"] = {};
  files->entries["/opt/dir/two"].hard_link = "/opt/dir/one";
  base.files = files;
  const context::Listing context = Sample();
  for (const Case& item : std::vector<Case>{
           {"COPY n /opt\n"},
           {"COPY a /opt/to-file\n"},
           {"COPY a /opt/to-dir/new\n"},
           {"COPY a /opt/to-dir/new/deep\n"},
           {"COPY d /none\n"},
           // A file comes in the place of a symlink.
           {"COPY d /opt\n", "ADD DOOR/HASH/archive.tar /\nCOPY d /opt\n",
            "opt/to-file"},
           {"COPY g /\n", "ADD DOOR/HASH/archive.tar /\nCOPY g /\n",
            "opt/to-file"},
           {"COPY to-file /opt/\n",
            "ADD DOOR/HASH/archive.tar /\nCOPY to-file /opt/\n", "opt/to-file"},
           {"COPY to-file dangling /opt/\n",
            "ADD DOOR/HASH/archive.tar /\nCOPY to-file dangling /opt/\n",
            "opt/to-file opt/dangling"},
           {"COPY to-file /opt/\nCOPY dangling /opt/\n",
            "ADD DOOR/HASH/archive.tar /\nCOPY to-file /opt/\n"
            "ADD DOOR/HASH/archive.tar /\nCOPY dangling /opt/\n",
            "opt/to-file, opt/dangling"},
           // The first COPY has done it.
           {"COPY d /opt\nCOPY d /opt\n",
            "ADD DOOR/HASH/archive.tar /\nCOPY d /opt\nCOPY d /opt\n",
            "opt/to-file"},
           {"ARG TARGETARCH\nCOPY $TARGETARCH /opt\nCOPY d /opt\n", "", "",
            "leaves `TARGETARCH` empty"},
           {"RUN rm /opt/to-file\nCOPY d /opt\n"},
           // Of a file with two names.
           {"COPY two /opt/dir/\n",
            "ADD DOOR/HASH/archive.tar /\nCOPY two /opt/dir/\n", "opt/dir/two"},
           {"COPY two /opt/dir/one\n",
            "ADD DOOR/HASH/archive.tar /\nCOPY two /opt/dir/one\n",
            "opt/dir/one"},
           // Symlinks that lead to nothing.
           {"COPY a /opt/dangling\n", "COPY a /opt/nowhere/deep\n"},
           {"COPY a /opt/dangling/\n", "COPY a /opt/nowhere/deep/\n"},
           {"COPY a /opt/dangling/x\n", "COPY a /opt/nowhere/deep/x\n"},
           {"WORKDIR /opt\nCOPY n dangling\n",
            "WORKDIR /opt\nCOPY n /opt/nowhere/deep\n"},
           {"COPY --from=x /y /opt/dangling\n",
            "COPY --from=x /y /opt/nowhere/deep\n"},
           {"COPY --from=x /y /opt/to-dir/z\n"},
           // Other builders refuse it.
           {"COPY f /opt\n", "", "", "/opt/file"},
           {"COPY l /opt\n", "", "", "/opt/dir"},
           {"RUN rm /opt/file\nCOPY f /opt\n"},
           // --link knows nothing of the image's folders.
           {"COPY --link a /opt/dir/\n"},
           {"COPY --link a /new/\n"},
           {"COPY --link l /opt\n"},
           {"COPY --link a /opt/private/\n", "COPY --link DOOR/HASH/ /\n"},
           {"COPY --link --chmod=755 a /opt/private/\n"},
           {"COPY --link=false a /opt/private/\n"},
           {"COPY --link --chown=7:8 a /opt/dir/\n",
            "COPY --link --chown=7:8 DOOR/HASH/ /\n"},
           {"COPY --link --chown=7:8 a /new/\n"},
           {"COPY --link a /opt/to-dir/\n",
            "ADD DOOR/HASH/archive.tar /\nCOPY --link DOOR/HASH/ /\n",
            "opt/to-dir"},
           {"COPY --link a /opt/dir\n",
            "ADD DOOR/HASH/archive.tar /\nCOPY --link DOOR/HASH/ /\n",
            "opt/dir"},
       }) {
    const std::string text = absl::StrCat("FROM base\nUSER root\n", item.lines);
    const auto outcome = RewriteOver({&base, &context}, text);
    std::string sent = absl::StrReplaceAll(
        outcome.text, {{".ovenbird/door/context/", "DOOR/"}});
    std::vector<std::string> archives;
    for (const context::MemoryFile& file : outcome.files) {
      const std::string folder = file.path.substr(0, file.path.find('/', 10));
      sent = absl::StrReplaceAll(sent, {{folder, "HASH"}});
      if (!file.content.empty()) archives.push_back(NamesIn(file.content));
    }
    EXPECT_EQ(sent, *item.sent == '\0'
                        ? text
                        : absl::StrCat("FROM base\nUSER root\n", item.sent));
    EXPECT_EQ(absl::StrJoin(archives, ", "), item.archive) << item.lines;
    ASSERT_EQ(outcome.reports.size(), *item.report == '\0' ? 0u : 1u)
        << item.lines;
    if (*item.report != '\0') {
      EXPECT_THAT(outcome.reports[0], ::testing::HasSubstr(item.report));
    }
  }
}

TEST(ObstaclesTest, OldExecutorsKeepFilesInThePlaceOfFolders) {
  struct OldCase {
    const char* version;
    const char* lines;
    const char* report;
  };
  const BaseImage base = UsualBase();
  const context::Listing listing = Sample();
  for (const OldCase& c : {
           OldCase{"v0.19.0", "COPY --link d /opt/file\n",
                   "kaniko v0.19.0 fails at the file `/opt/file`, which --link "
                   "replaces with a folder"},
           OldCase{"v0.19.0", "COPY --link a /opt/file/x\n",
                   "kaniko v0.19.0 fails at the file `/opt/file`, which --link "
                   "replaces with a folder"},
           OldCase{"v0.19.0", "COPY --link a /opt/file\n", ""},
           OldCase{"v0.19.0", "COPY --link f /opt\n",
                   "kaniko v0.19.0 copies a folder to `/opt/file`, where the "
                   "image has a file or a symlink"},
           OldCase{"v1.24.0", "COPY --link d /opt/file\n", ""},
           OldCase{"v1.24.0", "COPY --link f /opt\n", ""},
       }) {
    testing::Over over;
    over.base = &base;
    over.listing = &listing;
    over.executor = absl::StrCat("gcr.io/kaniko-project/executor:", c.version);
    EXPECT_EQ(
        absl::StrJoin(
            RewriteOver(over, absl::StrCat("FROM base\n", c.lines)).reports,
            ""),
        c.report)
        << c.version << ": " << c.lines;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
