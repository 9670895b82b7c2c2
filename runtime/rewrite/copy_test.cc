#include "runtime/rewrite/copy.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "runtime/base/format_text.h"
#include "runtime/base/source_file.h"
#include "runtime/context/door.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/rewrite.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* name;
  const char* lines;  // behind FROM
  // "DOOR": the context's other path, "OWN": our folder in it; "": unchanged.
  const char* sent;
  // Of our folder: "path=entry[:mode]".
  const char* files = "";
  const char* content_only = "";
};

context::Listing Sample() {
  return MakeListing({"a",
                      "a b",
                      "abs -> /src",
                      "b",
                      "bin/",
                      "bin/sub/:0700",
                      "bin/tool",
                      "dir/",
                      "dir/a:0600",
                      "dir/l -> a",
                      "dir/x.md",
                      "link -> a",
                      "private/:0700",
                      "private/f",
                      "src/",
                      "src/one",
                      "src/sub/",
                      "src/sub/two",
                      "src/to -> one",
                      "deep/",
                      "deep/down/:0750",
                      "deep/down/f"});
}

context::Listing OddNames() {
  return MakeListing({"app/", "app/[id]/", "app/[id]/page.js", "app/[id]/sub/",
                      "app/[id]/sub/f", "app/a\\b/", "app/a\\b/g", "app/c*d/",
                      "app/c*d/h", "app/top.js", "odd[1].js", "plain/",
                      "plain/[x]/", "plain/[x]/i"});
}

class CopyTest : public ::testing::TestWithParam<Case> {};

TEST_P(CopyTest, Sends) {
  const std::string lines = GetParam().lines;
  const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", lines));
  const context::Listing listing = Sample();
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  const dockerfile::Executor executor("gcr.io/kaniko-project/executor:v1.24.0");
  Request request;
  request.dockerfile = &dockerfile;
  request.stages = {0};
  request.listing = &listing;
  request.executor = &executor;
  request.snapshot_mode = "full";
  const Rewritten rewritten = Rewrite(request, problems);
  EXPECT_EQ(problems.diagnostics().size(), 0u);

  std::string own;
  std::vector<std::string> files;
  for (const context::MemoryFile& one : rewritten.files) {
    const size_t name = one.path.find('/', one.path.find('/') + 1);
    own = one.path.substr(0, name);
    files.push_back(
        absl::StrCat(one.path.substr(name + 1), "=", one.copy_of,
                     one.mode ? absl::StrCat(":", absl::Hex(*one.mode)) : ""));
  }
  std::string text = rewritten.text;
  for (const std::string& folder : rewritten.content_only) {
    text =
        absl::StrReplaceAll(text, {{context::ThroughDoorOf(folder), "DOOR"}});
  }
  std::string content_only = absl::StrJoin(rewritten.content_only, " ");
  if (!own.empty()) {
    text = absl::StrReplaceAll(text, {{own, "OWN"}});
    content_only = absl::StrReplaceAll(content_only, {{own, "OWN"}});
  }
  const std::string sent = *GetParam().sent == '\0' ? lines : GetParam().sent;
  EXPECT_EQ(text, absl::StrCat("FROM a\n", sent));
  EXPECT_EQ(absl::StrJoin(files, " "), GetParam().files);
  EXPECT_EQ(content_only, GetParam().content_only);
}

const Case kCases[] = {
    {"Plain", "COPY . /app\nCOPY a b /x/\nCOPY src /y\nADD src/o* /z/\n", ""},
    {"UnknownVariable", "COPY $DIR /x\n", ""},
    {"LinkToFile", "COPY link /x\n", "COPY DOOR/OWN/link /x\n", "link=a",
     "OWN"},
    {"LinkToFolder", "COPY abs /x\n", "COPY DOOR/OWN/ /x/\n",
     "one=src/one sub=src/sub sub/two=src/sub/two to=src/to", "OWN"},
    {"ThroughALink", "COPY abs/sub/two /x\n", "COPY DOOR/OWN/two /x\n",
     "two=src/sub/two", "OWN"},
    {"LinkByWildcard", "COPY --chown=1:2 src/* /x/\n",
     "COPY --chown=1:2 DOOR/OWN/ /x/\n",
     "one=src/one to=src/one two=src/sub/two", "OWN"},
    {"LinkAndBlanks", "COPY [\"link\", \"a b\", \"/x y/\"]\n",
     "COPY [\"DOOR/OWN/\", \"/x y/\"]\n", "a b=a b link=a", "OWN"},
    {"DotAtTheEnd",
     "WORKDIR /w\nCOPY a /x/.\nCOPY a sub/.\nCOPY a v1.\nCOPY a .\nCOPY a "
     "/v1.\n",
     "WORKDIR /w\nCOPY a /x/\nCOPY a sub/\nCOPY a /w/v1.\nCOPY a .\nCOPY a "
     "/v1.\n"},
    {"NoMatch", "COPY a nothing* /x/\n", "COPY a /x/\n"},
    {"NothingAtAll", "COPY nothing* /x/\n", "\n"},
    {"Dots", "COPY ../b /y\nCOPY src/../a /z\n", "COPY b /y\nCOPY a /z\n"},
    {"NoSlash", "COPY a b /new\n", "COPY a /new\nCOPY b /new\n"},
    {"NoSlashAndALink", "COPY a link /new\n",
     "COPY a /new\nCOPY DOOR/OWN/link /new\n", "link=a", "OWN"},
    {"NoSlashAndAWildcard", "COPY src/o* b /new\n",
     "COPY src/one /new\nCOPY b /new\n"},
    {"WildcardThatMatchesTheTop", "COPY [ab] ?in /x/\n", ""},
    {"WildcardThatMatchesTheTop2", "COPY ? /x/\n", "COPY a b /x/\n"},
    {"NoSlashButDot", "COPY a b .\n", ""},
    {"Exclude", "COPY --exclude=sub --exclude=t* src /x\n",
     "COPY DOOR/OWN/ /x/\n", "one=src/one", "OWN"},
    {"Parents", "COPY --parents src/sub/two a /x/\n", "COPY DOOR/OWN/ /x/\n",
     "a=a src=src src/sub=src/sub src/sub/two=src/sub/two", "OWN"},
    {"ParentsWithPivot", "COPY --parents src/./sub /y/\n",
     "COPY DOOR/OWN/ /y/\n", "sub=src/sub sub/two=src/sub/two", "OWN"},
    {"ModeWords", "COPY --chmod=u=rwX,go=rX dir /d/\n", "COPY DOOR/OWN/ /d/\n",
     "a=dir/a:1a4 l=dir/l x.md=dir/x.md:1a4", "OWN"},
    {"SetuidMode", "COPY --chmod=4755 a /n/b\n", "COPY DOOR/OWN/a /n/b\n",
     "a=a:9ed", "OWN"},
    {"PrivateFolder", "COPY private /x\n", "COPY DOOR/private/ /x\n", "",
     "private"},
    {"OwnerOfAFolder", "COPY --chown=9 private /etc/\n",
     "COPY --chown=9 DOOR/private/ /etc/\n", "", "private"},
    {"OwnerOfAFolderThatStartsWithAFolder", "COPY --chown=9 bin /x\n",
     "COPY --chown=9 bin/tool /x/\nCOPY --chown=9 DOOR/bin/ /x\n", "", "bin"},
    {"OwnerOfAFolderWithoutFiles", "COPY --chown=9 deep /x\n", ""},
    {"ChangedTarget", "RUN mkdir -m 700 /dst\nCOPY src /dst\n",
     "RUN mkdir -m 700 /dst\nCOPY DOOR/src/ /dst\n", "", "src"},
    {"ModeOfAnExistingFolder", "WORKDIR /w\nCOPY --chmod=700 src .\n",
     "WORKDIR /w\nCOPY --chmod=700 DOOR/src/ .\n", "", "src"},
    {"ModeOfANewFolder", "COPY --chmod=700 src /new\n", ""},
};

INSTANTIATE_TEST_SUITE_P(All, CopyTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

// kaniko finds no files in a folder whose path is another pattern.
TEST(CopyTest, CopiesFoldersWithOddNames) {
  struct OddCase {
    const char* line;
    const char* arrive;  // the files of our folder; "": sent as it is
  };
  constexpr OddCase kOddCases[] = {
      {"COPY app/* /x/\n", "g h page.js sub sub/f top.js"},
      {"ADD app/* /x/\n", "g h page.js sub sub/f top.js"},
      {"COPY app/*/ /x/\n", "g h page.js sub sub/f top.js"},
      {"COPY app/[[]id] /x/\n", "page.js sub sub/f"},
      {"COPY app/[[]id]/sub plain /x/\n", "[x] [x]/i f"},
      // kaniko finds files, and what is in a folder with a usual name.
      {"COPY app/*/page.js /x/\n", ""},
      {"COPY odd* /x/\n", ""},
      {"COPY app/c* /x/\n", ""},
      {"COPY plain /x/\n", ""},
      {"COPY . /x/\n", ""},
  };
  const context::Listing listing = OddNames();
  for (const OddCase& one : kOddCases) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", one.line));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    const dockerfile::Executor executor(
        "gcr.io/kaniko-project/executor:v1.24.0");
    Request request;
    request.dockerfile = &dockerfile;
    request.stages = {0};
    request.listing = &listing;
    request.executor = &executor;
    request.snapshot_mode = "full";
    const Rewritten rewritten = Rewrite(request, problems);
    std::vector<std::string> arrive;
    for (const context::MemoryFile& each : rewritten.files) {
      // .ovenbird/NAME/PATH
      arrive.push_back(
          each.path.substr(each.path.find('/', each.path.find('/') + 1) + 1));
    }
    EXPECT_EQ(absl::StrJoin(arrive, " "), one.arrive) << one.line;
    EXPECT_EQ(rewritten.text == file.text(), *one.arrive == '\0') << one.line;
    EXPECT_TRUE(problems.diagnostics().empty()) << one.line;
  }
}

// kaniko never changes the owner of a symlink.
TEST(CopyTest, ReportsTheOwnersOfSymlinks) {
  struct LinkCase {
    const char* line;
    size_t reports;
  };
  constexpr LinkCase kLinkCases[] = {
      {"COPY --chown=9 dir /x\n", 1},   {"COPY --chown=9 . /x\n", 1},
      {"COPY --chown=9 bin /x\n", 0},   {"COPY --chown=root dir /x\n", 0},
      {"COPY --chown=0:0 dir /x\n", 0}, {"COPY dir /x\n", 0},
      {"COPY --chown=9 link /x\n", 0},  // It is followed.
  };
  const context::Listing listing = Sample();
  for (const LinkCase& one : kLinkCases) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", one.line));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    const dockerfile::Executor executor(
        "gcr.io/kaniko-project/executor:v1.24.0");
    Request request;
    request.dockerfile = &dockerfile;
    request.stages = {0};
    request.listing = &listing;
    request.executor = &executor;
    request.snapshot_mode = "full";
    Rewrite(request, problems);
    EXPECT_EQ(problems.diagnostics().size(), one.reports) << one.line;
  }
}

// The trigger's files are sent with the stage that runs it.
TEST(CopyTest, ATriggersFilesAreSent) {
  const SourceFile file("Dockerfile",
                        "FROM a AS one\nONBUILD COPY link /x\nFROM one\n");
  const context::Listing listing = Sample();
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  const dockerfile::Executor executor("gcr.io/kaniko-project/executor:v1.24.0");
  Request request;
  request.dockerfile = &dockerfile;
  request.target = 1;
  request.stages = {0, 1};
  request.listing = &listing;
  request.executor = &executor;
  request.snapshot_mode = "full";
  const Rewritten rewritten = Rewrite(request, problems);
  ASSERT_EQ(rewritten.files.size(), 1u);
  EXPECT_EQ(rewritten.files[0].copy_of, "a");
  EXPECT_EQ(rewritten.content_only.size(), 1u);
}

// An empty folder gives no target its mode, and a new folder exists for it.
TEST(CopyTest, MakesAndKeepsTargetsOfEmptyFolders) {
  const BaseImage base = testing::UsualBase();
  const context::Listing listing =
      MakeListing({"a", "d/", "d/e/:0755", "d/e/f", "empty/:0700"});
  constexpr char kUsual[] = ".ovenbird/door/context/.ovenbird/folders/755-0-0";
  struct Case {
    const char* copy;
    const char* begin;  // of what is sent
  };
  for (const Case& item : std::vector<Case>{
           {"COPY a empty /new/\n", "COPY a USUAL /new/\n"},
           {"COPY empty /new\n", "COPY USUAL /new\n"},
           {"COPY --chown=3:4 empty /new\n", "COPY --chown=3:4 USUAL /new\n"},
           {"COPY a empty /srv/\n", "COPY a /srv/\n"},
           {"COPY empty /srv\n", "\n"},
           {"COPY --exclude=x empty /new/\n", "COPY USUAL /new/\n"},
           {"COPY --exclude=x empty /srv/\n", "\n"},
           {"COPY --chmod=600 --exclude=x empty /new/\n",
            "COPY .ovenbird/door/context/.ovenbird/folders/600-0-0 /new/\n"},
           {"COPY --chmod=go-rwx --parents d/e/f /new/\n",
            "COPY USUAL /new/\nCOPY .ovenbird/"},
           {"COPY --chmod=go-rwx --parents d/e/f /srv/\n", "COPY .ovenbird/"},
       }) {
    const std::string start = "FROM base\nUSER root\n";
    const std::string text =
        testing::RewriteOver({&base, &listing}, absl::StrCat(start, item.copy))
            .text;
    EXPECT_TRUE(absl::StartsWith(absl::StrReplaceAll(text, {{kUsual, "USUAL"}}),
                                 absl::StrCat(start, item.begin)))
        << text;
  }
}

// Folders that are made get --chmod's mode.
TEST(CopyChmodTest, NewFolders) {
  const BaseImage base = testing::UsualBase();
  const context::Listing listing = Sample();
  struct Case {
    const char* copy;
    // "path:mode" of our folders; "": the COPY is sent as it is.
    const char* folders;
    const char* target = "";
  };
  for (const Case& item : std::vector<Case>{
           {"COPY --chmod=700 a /new/deep/x\n", "new:700 new/deep:700", "/"},
           {"COPY --chmod=640 a /opt/new/\n", "new:640", "/opt/"},
           {"COPY --chmod=2750 a /opt/new/x\n", "new:750", "/opt/"},
           {"COPY --chown=7:8 --chmod=600 bin /srv/new\n", "new:600", "/srv/"},
           {"COPY --chmod=755 a /new/deep/x\n", ""},
           {"COPY --chmod=700 a /new\n", ""},
           {"COPY --chmod=700 a /opt/dir/\n", ""},
           {"RUN x\nCOPY --chmod=700 a /new/deep/\n", ""},
           {"RUN mkdir /new\nCOPY --chmod=700 a /new/\n", ""},
       }) {
    const std::string text = absl::StrCat("FROM base\nUSER root\n", item.copy);
    const auto outcome = testing::RewriteOver({&base, &listing}, text);
    std::vector<std::string> folders;
    for (const context::MemoryFile& file : outcome.files) {
      if (!file.folder) continue;
      const size_t name = file.path.find('/', file.path.find('/') + 1);
      folders.push_back(FormatText("%s:%o", file.path.substr(name + 1),
                                   file.mode.value_or(0)));
    }
    EXPECT_EQ(absl::StrJoin(folders, " "), item.folders) << text;
    if (*item.folders == '\0') {
      EXPECT_EQ(outcome.text, text);
    } else {
      EXPECT_TRUE(
          absl::EndsWith(outcome.text, absl::StrCat("/ ", item.target, "\n")))
          << outcome.text;
    }
    EXPECT_TRUE(outcome.reports.empty()) << text;
  }
}

// With programs for a RUN after the COPY, or before it.
BaseImage BaseWithTools() {
  BaseImage base = testing::UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  for (const char* name : {"chmod", "chown", "mkdir", "sleep", "touch"}) {
    files->entries[absl::StrCat("/bin/", name)] = ImageFile();
  }
  base.files = std::move(files);
  return base;
}

TEST(CopyRunTest, OwnersOfLinksAndModesOfFolders) {
  const BaseImage base = BaseWithTools();
  const context::Listing listing =
      MakeListing({"a", "d/", "d/l -> a", "d/sub/", "d/sub/l2 -> ../a"});
  struct {
    const char* lines;
    const char* run;  // "": none of ours
  } cases[] = {
      {"COPY --chown=7:8 d /new\n", "RUN chown -h 7:8 /new/l /new/sub/l2\n"},
      {"COPY --chown=app d /\n", "RUN chown -h 1000:1001 /l /sub/l2\n"},
      {"COPY --chown=7:8 d/sub /opt/dir\n", "RUN chown -h 7:8 /opt/dir/l2\n"},
      {"COPY --chown=0 d /new\n", ""},
      {"COPY --chown=7:8 d/a /new\n", ""},
      {"RUN x\nCOPY --chmod=600 --chown=7:8 a /opt/dir/one/two\n",
       "RUN { [ -e /opt/dir/one ] || { mkdir /opt/dir/one && chmod 600 "
       "/opt/dir/one && chown 7:8 /opt/dir/one; }; }\n"},
      {"RUN x\nCOPY --chmod=755 a /opt/dir/one/two\n", ""},
      {"RUN x\nCOPY --chmod=600 a /opt/dir/\n", ""},
  };
  for (const auto& test : cases) {
    const auto outcome = testing::RewriteOver(
        {&base, &listing}, absl::StrCat("FROM base\nUSER root\n", test.lines));
    if (*test.run == '\0') {
      EXPECT_FALSE(absl::StrContains(outcome.text, "RUN chown") ||
                   absl::StrContains(outcome.text, "RUN {"))
          << outcome.text;
    } else {
      EXPECT_TRUE(absl::StrContains(outcome.text, test.run)) << outcome.text;
    }
    EXPECT_TRUE(outcome.reports.empty()) << test.lines;
  }
}

TEST(CopyRunTest, ModeTimeSeesTheOwnersOfLinks) {
  const BaseImage base = BaseWithTools();
  const context::Listing listing = MakeListing({"a", "d/", "d/l -> a"});
  testing::Over over = {&base, &listing};
  over.snapshot_mode = "time";
  const auto outcome = testing::RewriteOver(
      over, "FROM base\nUSER root\nCOPY --chown=7:8 d /new\n");
  EXPECT_TRUE(absl::StrContains(
      outcome.text,
      "RUN chown -h 7:8 /new/l && { sleep .02 || sleep 1; } && "
      "touch -h /new/l\n"))
      << outcome.text;
  EXPECT_TRUE(outcome.reports.empty());
}

}  // namespace
}  // namespace ovenbird::rewrite
