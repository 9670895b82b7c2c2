#include "runtime/rewrite/hard_links.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using testing::RewriteOver;
using testing::UsualBase;

// Its user is root, and it has the programs that are needed.
BaseImage RootsBase() {
  BaseImage base = UsualBase();
  base.user = "";
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/bin/ln"] = files->entries["/bin/sh"];
  files->entries["/bin/sleep"] = files->entries["/bin/sh"];
  files->entries["/bin/touch"] = files->entries["/bin/sh"];
  base.files = files;
  return base;
}

struct Case {
  const char* lines;     // after FROM base
  const char* sent;      // in their place; "": the same
  const char* reported;  // after the executor's name
};

void Check(const BaseImage& base, const context::Listing* listing,
           const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string text = absl::StrCat("FROM base\n", c.lines);
    const auto outcome = RewriteOver({&base, listing}, text);
    EXPECT_EQ(outcome.text,
              *c.sent == '\0' ? text : absl::StrCat("FROM base\n", c.sent));
    EXPECT_EQ(
        absl::StrJoin(outcome.reports, "; "),
        *c.reported == '\0' ? "" : absl::StrCat("kaniko v1.24.0 ", c.reported))
        << c.lines;
  }
}

TEST(HardLinksTest, NewNamesOfOldFiles) {
  const BaseImage base = RootsBase();
  Check(base, nullptr,
        {
            {"RUN ln /opt/dir/old /b\n",
             "RUN { sleep .02 || sleep 1; } && touch -c /opt/dir/old || :; ln "
             "/opt/dir/old /b\n",
             ""},
            {"RUN cd /opt/dir && ln -f old b\n",
             "RUN { sleep .02 || sleep 1; } && touch -c /opt/dir/old || :; cd "
             "/opt/dir && ln -f old b\n",
             ""},
            {"RUN cp -l /opt/dir/old /b\n",
             "RUN { sleep .02 || sleep 1; } && touch -c /opt/dir/old || :; cp "
             "-l /opt/dir/old /b\n",
             ""},
            {"RUN echo 1 > /a\nRUN ln /a /b\n",
             "RUN echo 1 > /a\nRUN { sleep .02 || sleep 1; } && touch -c /a || "
             ":; ln /a /b\n",
             ""},
            {"COPY a /x/\nRUN ln /x/a /b\n",
             "COPY a /x/\nRUN { sleep .02 || sleep 1; } && touch -c /x/a || :; "
             "ln /x/a /b\n",
             ""},
            // A new symlink brings what it leads to into the layer.
            {"RUN echo 1 > /a && ln /a /b\nRUN ln -s /a /c\n",
             "RUN echo 1 > /a && ln /a /b\nRUN { sleep .02 || sleep 1; } && "
             "touch -c /a || :; ln -s /a "
             "/c\n",
             ""},
            {"RUN ln -sf /opt/dir/old /b\n", "", ""},
            {"RUN ln --symbolic /opt/dir/old /b\n", "", ""},
            {"RUN touch /opt/dir/old && ln /opt/dir/old /b\n", "", ""},
            {"RUN tar -x -C /opt && ln /opt/dir/old /b\n", "", ""},
            {"RUN ln /new /b\n", "", ""},
            {"RUN ln $A /b\n", "", ""},
            {"RUN echo 1 > /a && ln /a /b\n", "", ""},
            {"RUN cp /opt/dir/old /b\n", "", ""},
            {"RUN ln /opt/dir/o* /n/\n",
             "RUN { sleep .02 || sleep 1; } && touch -c /opt/dir/o* || :; ln "
             "/opt/dir/o* /n/\n",
             ""},
            {"RUN ln /opt/dir/x* /n/\n", "", ""},
            {"RUN mv /opt/dir/old /b\n", "", ""},
        });
}

// One of its names changes: the layer needs the other one, too.
TEST(HardLinksTest, MovedNames) {
  BaseImage base = RootsBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/opt/dir/two"].hard_link = "/opt/dir/old";
  base.files = files;
  for (const char* name : {"/opt/dir/old", "/opt/dir/two"}) {
    const std::string move = absl::StrCat("mv ", name, " /b\n");
    const std::string sent = absl::StrCat(
        "RUN { sleep .02 || sleep 1; } && touch -c ", name, " || :; ", move);
    Check(base, nullptr, {{("RUN " + move).c_str(), sent.c_str(), ""}});
  }
}

// RootsBase with a file that has two names, and a symlink to it.
BaseImage BaseWithPair() {
  BaseImage base = RootsBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/opt/dir/two"].hard_link = "/opt/dir/old";
  ImageFile link;
  link.type = ImageFile::kSymlink;
  link.link = "../dir/old";
  files->entries["/opt/links"].type = ImageFile::kFolder;
  files->entries["/opt/links/l"] = link;
  base.files = files;
  return base;
}

// kaniko puts what a symlink leads to into the symlink's layer.
TEST(HardLinksTest, TargetsOfSymlinks) {
  const BaseImage base = BaseWithPair();
  const std::string touch =
      "{ sleep .02 || sleep 1; } && touch -c /opt/dir/old || :; ";
  for (const char* command : {
           "ln -s /opt/dir/old /x",
           "ln -s dir/old /opt/x",
           "ln -s /opt/links/l /x",
           "cd /opt/dir && ln -s old",
           "cp -a /opt/links/l /opt/dir/x",
           "cp -d /opt/links/l /opt/links/x",
           "cp -r /opt/links /opt/x",
           "mv /opt/links /opt/x",
           "chown -R 5 /opt/links",
           "chown -h 5 /opt/links/l",
       }) {
    const std::string sent = absl::StrCat("RUN ", touch, command, "\n");
    Check(base, nullptr,
          {{absl::StrCat("RUN ", command, "\n").c_str(), sent.c_str(), ""}});
  }
  for (const char* command : {
           "ln -s /opt/file /x",
           "ln -s nothing /opt/dir/x",
           "cp /opt/links/l /x",
           "cp -rL /opt/links /x",
           "cp -a /opt/links /x",
           "cp -a /opt/file /x",
           "mv /opt/links /a/b",
           "chown 5 /opt/file",
           "chown -R 5 /srv",
       }) {
    Check(base, nullptr,
          {{absl::StrCat("RUN ", command, "\n").c_str(), "", ""}});
  }
  constexpr char kSeparated[] =
      "copies `/opt/dir/old` to the layer of a symlink that leads to it, and "
      "separates it from its other names";
  Check(base, nullptr,
        {{"USER app\nRUN ln -s /opt/dir/old /x\n", "", kSeparated}});
  // Such an executor takes only what has changed.
  const std::string link = "FROM base\nRUN ln -s /opt/dir/old /x\n";
  EXPECT_EQ(RewriteOver({.base = &base,
                         .executor = "gcr.io/kaniko-project/executor:v0.19.0"},
                        link)
                .text,
            link);
  const std::string stages =
      "FROM base AS a\nRUN mkdir /d && ln -s /opt/dir/old /d/l\n"
      "FROM base\nCOPY --from=a /d /e\n";
  const auto outcome = RewriteOver({&base}, stages);
  EXPECT_EQ(outcome.text,
            absl::StrCat(stages,
                         "RUN { sleep .02 || sleep 1; } && touch -c "
                         "/opt/dir/old\n"));
  EXPECT_TRUE(outcome.reports.empty());
}

TEST(HardLinksTest, TargetsOfCopiedSymlinks) {
  const BaseImage base = BaseWithPair();
  context::Listing listing("");
  context::Entry folder;
  folder.type = context::EntryType::kFolder;
  folder.mode = 0755;
  context::Entry link;
  link.type = context::EntryType::kSymlink;
  link.parent = listing.Add(folder, "d");
  listing.Add(link, "l", "/opt/dir/two");
  listing.Add(link, "other", "/opt/file");
  Check(base, &listing,
        {
            {"COPY d /x\n",
             "COPY d /x\nRUN { sleep .02 || sleep 1; } && touch -c "
             "/opt/dir/two\n",
             ""},
            {"USER app\nCOPY d /x\n", "",
             "copies `/opt/dir/two` to the layer of a symlink that leads to "
             "it, and separates it from its other names"},
        });
}

TEST(HardLinksTest, ReportsWhatItCannotTouch) {
  const BaseImage base = RootsBase();
  constexpr char kOld[] =
      "may copy `/opt/dir/old`, which is in an earlier layer, instead of "
      "creating a hard link";
  Check(base, nullptr,
        {{"RUN [\"ln\", \"/opt/dir/old\", \"/b\"]\n", "", kOld},
         {"USER app\nRUN ln /opt/dir/old /b\n", "", kOld},
         {"SHELL [\"/bin/zsh\"]\nRUN ln /opt/dir/old /b\n", "", kOld},
         {"RUN cp -al /opt/dir /b\n", "",
          "may copy `/opt/dir`, which is in an earlier layer, instead of "
          "creating a hard link"}});
}

TEST(HardLinksTest, OtherStagesDoNotMatter) {
  const BaseImage base = RootsBase();
  const std::string text =
      "FROM base AS one\nRUN ln /opt/dir/old /b\nFROM base\n"
      "COPY --from=one /b /b\n";
  const auto outcome = RewriteOver({&base}, text);
  EXPECT_EQ(outcome.text, text);
}

//   d/{a,b} one file  d/e/c  f: the file of d/a
context::Listing ListingOf() {
  context::Listing listing("");
  context::Entry folder;
  folder.type = context::EntryType::kFolder;
  folder.mode = 0755;
  context::Entry file;
  file.mode = 0644;
  file.many_links = true;
  file.inode = 7;
  file.parent = listing.Add(folder, "d");
  listing.Add(file, "a");
  listing.Add(file, "b");
  folder.parent = file.parent;
  context::Entry other = file;
  other.inode = 8;
  other.parent = listing.Add(folder, "e");
  listing.Add(other, "c");
  file.parent = context::Entry::kTop;
  listing.Add(file, "f");
  return listing;
}

TEST(HardLinksTest, FilesOfTheContext) {
  BaseImage base = RootsBase();
  const context::Listing listing = ListingOf();
  constexpr char kTwo[] = "copies the hard links `d/a` and `d/b` as two files";
  Check(base, &listing,
        {
            {"COPY d /x\n",
             "COPY d /x\nRUN { sleep .02 || sleep 1; } && touch /x/a && ln -f "
             "/x/a /x/b\n",
             ""},
            {"ADD d /x\n",
             "ADD d /x\nRUN { sleep .02 || sleep 1; } && touch /x/a && ln -f "
             "/x/a /x/b\n",
             ""},
            {"COPY d/a d/b /x/\n", "", ""},
            {"COPY d/* f /x/\n", "", ""},
            {"COPY d/e /x\n", "", ""},
            {"USER app\nCOPY d /x\n", "", kTwo},
        });
  base.files = UsualBase().files;
  Check(base, &listing, {{"COPY d /x\n", "", kTwo}});
}

}  // namespace
}  // namespace ovenbird::rewrite
