#include "runtime/rewrite/heredoc.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* lines;  // after FROM
  // "OWN": our folder; "" : nothing is changed.
  const char* sent;
  // Of our folder: "path=content[:mode][ ...]".
  const char* files = "";
  const char* report = "";
};

std::string FilesOf(const std::vector<context::MemoryFile>& files,
                    std::string* own) {
  std::vector<std::string> shown;
  for (const context::MemoryFile& file : files) {
    if (!file.link_target.empty()) continue;  // a door
    const size_t name = file.path.find('/', file.path.find('/') + 1);
    *own = file.path.substr(0, name);
    shown.push_back(absl::StrCat(
        file.path.substr(name + 1), "=", file.folder ? "/" : file.content,
        file.executable ? ":x" : "",
        file.mode ? absl::StrCat(":", absl::Hex(*file.mode)) : ""));
  }
  return absl::StrReplaceAll(absl::StrJoin(shown, " "), {{"\n", "|"}});
}

TEST(HeredocTest, WritesThemOut) {
  const context::Listing listing = MakeListing({"a"});
  for (const Case& c : {
           Case{"RUN <<EOF\necho \"a\" \\\n  $B\nEOF\n",
                R"(RUN ["/bin/sh", "-c", "echo \"a\" \\\n  $B\n"])"},
           Case{"SHELL [\"bash\", \"-ec\"]\nRUN <<EOF\na\nEOF\n",
                R"(SHELL ["bash", "-ec"])"
                "\n"
                R"(RUN ["bash", "-ec", "a\n"])"},
           Case{"RUN cat <<A <<B\n1\nA\n2\nB\n",
                R"(RUN ["/bin/sh", "-c", "cat <<A <<B\n1\nA\n2\nB"])"},
           Case{"RUN <<EOF\n#!/bin/awk -f\nBEGIN\nEOF\n",
                "RUN /context/OWN/EOF", "EOF=#!/bin/awk -f|BEGIN|:x"},
           Case{"RUN <<EOF\nEOF\n", R"(RUN ["/bin/sh", "-c", ""])"},
           // The value of --exclude is unknown.
           Case{
               "ARG TARGETARCH\nCOPY --exclude=$TARGETARCH <<EOF /x\na\nEOF\n",
               "ARG TARGETARCH\nCOPY --exclude=$TARGETARCH <<EOF /x\na\nEOF",
               "",
               "kaniko v1.24.0 leaves `TARGETARCH` empty\n"
               "kaniko v1.24.0 does not copy a here-document with these flags"},
           // Rules that put commands in front of a RUN.
           Case{"USER root\nRUN <<EOF\nln /opt/file /b\nEOF\n",
                "USER root\n"
                R"(RUN ["/bin/sh", "-c", "{ sleep .02 || sleep 1; } && touch )"
                R"(-c /opt/file || :; ln /opt/file /b\n"])"},
           Case{"COPY <<EOF /x\na\nEOF\n", "COPY DOOR/OWN/EOF /x", "EOF=a|"},
           Case{"ADD <<EOF /x\na\nEOF\n", "COPY DOOR/OWN/EOF /x", "EOF=a|"},
           Case{"ARG A=1\nCOPY <<EOF <<'raw' /x/\n$A ${B:-2} "
                "\\$A\nEOF\n$A\nraw\n",
                "ARG A=1\nCOPY DOOR/OWN/ /x/", "EOF=1 2 $A| raw=$A|"},
           Case{"COPY a <<b /x/\n1\nb\n", "COPY a /x/\nCOPY DOOR/OWN/b /x/",
                "b=1|"},
           Case{"COPY --chmod=4755 <<EOF /x\na\nEOF\n", "COPY DOOR/OWN/EOF /x",
                "EOF=a|:9ed"},
       }) {
    testing::Over over;
    const BaseImage base = testing::UsualBase();
    over.base = &base;
    over.listing = &listing;
    const testing::Outcome outcome =
        RewriteOver(over, absl::StrCat("FROM base\n", c.lines));
    std::string own;
    EXPECT_EQ(FilesOf(outcome.files, &own), c.files) << c.lines;
    std::string sent = outcome.text.substr(outcome.text.find('\n') + 1);
    if (!own.empty()) {
      sent = absl::StrReplaceAll(
          sent, {{own, "OWN"}, {".ovenbird/door/context/", "DOOR/"}});
    }
    EXPECT_EQ(sent, absl::StrCat(c.sent, "\n"));
    EXPECT_EQ(absl::StrJoin(outcome.reports, "\n"), c.report) << c.lines;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
