#include "runtime/rewrite/old_kaniko.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/config.h"
#include "runtime/rewrite/rewrite.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* name;
  const char* dockerfile;
  // "OWN": our folder; "": unchanged.
  const char* sent;
  // Of our folder: "path=entry[:mode][ user:group]".
  const char* files = "";
  // A part of the only message; "": no message.
  const char* reported = "";
  bool cached = false;
};

std::string FilesOf(const Rewritten& rewritten, std::string* own) {
  std::vector<std::string> files;
  for (const context::MemoryFile& one : rewritten.files) {
    const size_t name = one.path.find('/', one.path.find('/') + 1);
    *own = one.path.substr(0, name);
    std::string text = absl::StrCat(one.path.substr(name + 1), "=",
                                    one.folder ? "/" : one.copy_of);
    if (one.mode) {
      absl::StrAppend(&text, ":", absl::Hex(*one.mode));
    }
    if (one.owner.user != 0) {
      absl::StrAppend(&text, ":", one.owner.user, ":", one.owner.group);
    }
    files.push_back(std::move(text));
  }
  return absl::StrJoin(files, " ");
}

class OldKanikoTest : public ::testing::TestWithParam<Case> {};

TEST_P(OldKanikoTest, SendsTheText) {
  const SourceFile file("Dockerfile", GetParam().dockerfile);
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  const dockerfile::Executor executor("gcr.io/kaniko-project/executor:v0.19.0");
  const context::Listing listing =
      MakeListing({".dockerignore", "a", "b", "dir/", "dir/x:0600", "links/",
                   "links/l -> a"});
  dockerfile::ResolveOptions options;
  options.target = static_cast<int>(dockerfile.stages.size()) - 1;
  Request request;
  request.dockerfile = &dockerfile;
  request.target = options.target;
  request.stages = dockerfile::Resolve(dockerfile, options, problems).stages;
  request.executor = &executor;
  request.listing = &listing;
  request.snapshot_mode = "full";
  request.cache = GetParam().cached;
  request.base_image = [](absl::string_view image,
                          bool) -> std::shared_ptr<const BaseImage> {
    if (image != "a") return nullptr;
    auto files = std::make_shared<ImageFiles>();
    ImageFile folder;
    folder.type = ImageFile::kFolder;
    folder.mode = 0755;
    for (const char* path : {"/bin", "/etc", "/srv"}) {
      files->entries[path] = folder;
    }
    ImageFile shell;
    shell.type = ImageFile::kFile;
    shell.mode = 0755;
    files->entries["/bin/sh"] = shell;
    auto base = std::make_shared<BaseImage>();
    base->files = std::move(files);
    return base;
  };
  ASSERT_EQ(problems.diagnostics().size(), 0u);
  const Rewritten rewritten = Rewrite(request, problems);
  std::string own;
  EXPECT_EQ(FilesOf(rewritten, &own), GetParam().files);
  std::string text = rewritten.text;
  if (!own.empty()) {
    text = absl::StrReplaceAll(text, {{own, "OWN"}});
  }
  EXPECT_EQ(text,
            *GetParam().sent == '\0' ? GetParam().dockerfile : GetParam().sent);
  std::vector<std::string> messages;
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    messages.push_back(problem.message);
  }
  const std::string reported = absl::StrJoin(messages, "; ");
  EXPECT_EQ(reported.empty(), *GetParam().reported == '\0') << reported;
  EXPECT_NE(reported.find(GetParam().reported), std::string::npos) << reported;
}

const Case kCases[] = {
    {"NothingToDo",
     "FROM b\nARG V=${X:-y}\nCOPY . /x\nCOPY --chown=app a /x\nRUN echo "
     "'${V%x}' $V\n"
     "WORKDIR /y\nUSER app\nRUN [\"/bin/a\"]\n",
     ""},
    {"Link", "FROM a\nCOPY --link a /x\nADD --link=false --keep-git-dir b /x\n",
     "FROM a\nCOPY a /x\nADD b /x\n"},
    {"GlobalArgs", "ARG A=1 B=${A}2\nFROM a\nARG B\nENV E=$B\n",
     "ARG A=1\nARG B=\"12\"\nFROM a\nARG B\nENV E=$B\n"},
    {"GlobalArgWithQuotes", "ARG A='x\"$5\\y'\nARG B=${A}z\nFROM a\n",
     "ARG A='x\"$5\\y'\nARG B=\"x\"$5\\yz\"\nFROM a\n"},
    {"RedeclaredArg", "FROM a\nARG A=1\nARG A\nENV E=$A\n",
     "FROM a\nARG A=1\nARG A=\"1\"\nENV E=$A\n"},
    {"Modifiers",
     "FROM a\nENV A=x.y\nENV B=${A%.*} C=\"<${A#*.}>\"\nCOPY a /$A/${A/x/y}\n",
     "FROM a\nENV A=x.y\nENV B=x C=<y>\nCOPY a /x.y/y.y\n"},
    {"ModifierOfTheBase", "FROM a\nENV B=${A%.*}\n", "", "", "cannot expand"},
    {"ModifierInRun",
     "FROM a\nARG A=x.y\nRUN echo \"${A%.*}\" 'it'\nRUN [\"sh\", \"-c\", "
     "\"echo ${#A}\"]\n",
     "FROM a\nARG A=x.y\nRUN : \"${A}\"; eval 'echo \"${A%.*}\" '\\''it'\\'''\n"
     "RUN [\"/bin/sh\", \"-c\", \"exec \\\"$0\\\" \\\"$@\\\"\", \"sh\", "
     "\"-c\", "
     "\": \\\"${A}\\\"; echo \\u0024{#A}\"]\n"},
    {"ModifierInAShellByItsPath",
     "FROM a\nRUN [\"/bin/sh\", \"-c\", \"echo ${#A}\"]\n",
     "FROM a\nRUN [\"/bin/sh\", \"-c\", \"echo \\u0024{#A}\"]\n"},
    {"Program", "FROM a\nRUN [\"touch\", \"/x\"]\n",
     "FROM a\nRUN [\"/bin/sh\", \"-c\", \"exec \\\"$0\\\" \\\"$@\\\"\", "
     "\"touch\", \"/x\"]\n"},
    {"Network", "FROM a\nRUN --network=host --security=sandbox x\n",
     "FROM a\nRUN x\n"},
    {"NoNetwork", "FROM a\nRUN --network=none x\n", ""},
    {"Query", "FROM a\nADD http://h/p/f?x=/y /d/\nADD http://h/f?x /d\n",
     "FROM a\nADD http://h/p/f?x=/y /d/f\nADD http://h/f?x /d\n"},
    {"Folder",
     "FROM scratch AS s\nWORKDIR x\nWORKDIR y\nFROM b\nWORKDIR z\n"
     "COPY --from=s /x/y /x\n",
     "FROM scratch AS s\nWORKDIR /x\nWORKDIR /x/y\nFROM b\nWORKDIR z\n"
     "COPY --from=s /x/y /x\n"},
    {"FolderOfUser", "FROM a\nUSER 5\nWORKDIR /x/y\n",
     "FROM a\nUSER 5\nUSER root\nRUN [\"/bin/sh\", \"-c\", "
     "\"{ test -e '/x' || { mkdir '/x' && chown '5:5' '/x'; }; } && "
     "{ test -e '/x/y' || { mkdir '/x/y' && chown '5:5' '/x/y'; }; }\"]\n"
     "USER 5\nWORKDIR /x/y\n"},
    {"FolderOfNamedUser",
     "FROM a\nUSER app\nWORKDIR /x\nUSER app:g\n"
     "WORKDIR /z\nWORKDIR /x\nUSER root\nWORKDIR /y\n",
     "FROM a\nUSER app\nUSER root\nRUN [\"/bin/sh\", \"-c\", "
     "\"{ test -e '/x' || { mkdir '/x' && chown 'app:' '/x'; }; }\"]\n"
     "USER app\nWORKDIR /x\nUSER app:g\nUSER root\nRUN [\"/bin/sh\", \"-c\", "
     "\"{ test -e '/z' || { mkdir '/z' && chown 'app:g' '/z'; }; }\"]\n"
     "USER app:g\nWORKDIR /z\nWORKDIR /x\nUSER root\nWORKDIR /y\n"},
    {"FolderOfUserWithADollar", "FROM a\nUSER a\\$b\nWORKDIR /x\n",
     "FROM a\nUSER a\\$b\nUSER root\nRUN [\"/bin/sh\", \"-c\", "
     "\"{ test -e '/x' || { mkdir '/x' && chown 'a$b:' '/x'; }; }\"]\n"
     "USER a\\$b\nWORKDIR /x\n"},
    {"FolderOfUserWithoutAShell", "FROM none\nUSER 5\nWORKDIR /x\n", "", "",
     "creates a missing folder with root as owner"},
    {"FolderOfUserBeforeAShell", "FROM none\nUSER 5\nWORKDIR /x\nRUN y\n",
     "FROM none\nUSER 5\nUSER root\nRUN [\"/bin/sh\", \"-c\", "
     "\"{ test -e '/x' || { mkdir '/x' && chown '5:5' '/x'; }; }\"]\n"
     "USER 5\nWORKDIR /x\nRUN y\n"},
    {"Number", "FROM a\nUSER 7\nRUN x\n", "", "", "no user has the ID 7"},
    {"NumberWithGroup", "FROM a\nUSER 7:7\nRUN x\n", "", "",
     "no user has the ID 7"},
    {"NumberWithoutRun", "FROM a\nUSER 7\nCMD x\n", ""},
    {"OwnerByNumber", "FROM a\nCOPY --chown=5:6 a b /etc/\n",
     "FROM a\nCOPY .ovenbird/door/context/OWN/ /etc/\n", "a=a:5:6 b=b:5:6"},
    {"OwnerOfNewFolders", "FROM a\nCOPY --chown=5:6 a /srv/x/y\n",
     "FROM a\nCOPY .ovenbird/door/context/OWN/ /srv/\n", "x=/:5:6 x/y=a:5:6"},
    {"OwnerOfANewFolder", "FROM a\nCOPY --chown=5 dir /x\n",
     "FROM a\nCOPY .ovenbird/door/context/OWN/ /\n", "x=/:5:5 x/x=dir/x:5:5"},
    {"OwnerOfAFolderThatMayBeThere", "FROM b\nCOPY --chown=5 a /x/\n",
     "FROM b\nCOPY .ovenbird/door/context/OWN/a /x/\n", "a=a:5:5",
     "does not apply it to the folder `/x`"},
    {"OwnerBelowAFolderOfRun",
     "FROM a\nRUN mkdir -p /x/y\nCOPY --chown=5 a /x/y/\n",
     "FROM a\nRUN mkdir -p /x/y\nCOPY .ovenbird/door/context/OWN/a /x/y/\n",
     "a=a:5:5"},
    {"OwnerAfterRun", "FROM a\nRUN x\nCOPY --chown=5 a /x/\n",
     "FROM a\nRUN x\nCOPY .ovenbird/door/context/OWN/a /x/\n", "a=a:5:5",
     "does not apply it to the folder `/x`"},
    {"OwnerAfterCopy", "FROM a\nCOPY a /x/y/\nCOPY --chown=5 b /x/z/\n",
     "FROM a\nCOPY a /x/y/\nCOPY .ovenbird/door/context/OWN/ /x/\n",
     "z=/:5:5 z/b=b:5:5"},
    {"Scratch", "FROM scratch AS s\nCOPY a /\nFROM s\nCOPY b /\n", "", "",
     "leaves the architecture"},
    {"Mode", "FROM a\nCOPY --chmod=640 a /x\n",
     "FROM a\nCOPY .ovenbird/door/context/OWN/a /x\n", "a=a:1a0"},
    {"ModeOfANewFolder", "FROM a\nCOPY --chmod=750 dir /x\n",
     "FROM a\nCOPY .ovenbird/door/context/OWN/ /\n", "x=/:1e8 x/x=dir/x:1e8"},
    {"ModeOfAnExistingFolder", "FROM a\nCOPY --chmod=750 a /etc/\n",
     "FROM a\nCOPY .ovenbird/door/context/OWN/a /etc/\n", "a=a:1e8"},
    // The folder is the hash of "links/l\na\n", cut after twelve digits.
    {"LinksInTheCache", "FROM a\nCOPY links /x\nCOPY a /y\n",
     "FROM a\nCOPY names-980b348ec1d4/../45ae615cf0fc/../links /x\nCOPY a /y\n",
     "", "", true},
    {"UnknownMode", "FROM a\nARG M\nCOPY --chmod=$M a /x\n", "", "", "--chmod"},
    {"IgnoreFile", "FROM a AS s\nFROM a\nCOPY --from=s /x /x\nCOPY . /y\n",
     "FROM a AS s\nFROM a\nCOPY --from=s /x /x\nCOPY . /y\n"
     "COPY .ovenbird/door/context/OWN/.dockerignore /y/\n",
     ".dockerignore=.dockerignore"},
};

INSTANTIATE_TEST_SUITE_P(All, OldKanikoTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(OldKanikoTest, ReportsUrlsThatServersDoNotHave) {
  struct UrlCase {
    const char* version;
    const char* source;
    int status;
    int asked;
    size_t reports;
  };
  for (const UrlCase& c : {
           UrlCase{"v0.19.0", "http://a/x", 404, 1, 1},
           UrlCase{"v0.19.0", "HTTPS://a/x", 500, 1, 1},
           UrlCase{"v0.19.0", "http://a/x", 200, 1, 0},
           // The server does not answer here.
           UrlCase{"v0.19.0", "http://a/x", 0, 1, 0},
           UrlCase{"v0.19.0", "$UNKNOWN/x", 404, 0, 0},
           UrlCase{"v0.19.0", "a", 404, 0, 0},
           UrlCase{"v1.24.0", "http://a/x", 404, 0, 0},
       }) {
    testing::Over over;
    over.executor = absl::StrCat("gcr.io/kaniko-project/executor:", c.version);
    over.url_status = c.status;
    const context::Listing listing = MakeListing({"a"});
    over.listing = &listing;
    const testing::Outcome outcome = testing::RewriteOver(
        over, absl::StrCat("FROM base\nARG UNKNOWN\nADD ", c.source, " /x\n"));
    const auto asked =
        std::count(outcome.asked.begin(), outcome.asked.end(), c.source);
    EXPECT_EQ(asked, c.asked) << c.version << ": " << c.source;
    EXPECT_EQ(outcome.reports.size(), c.reports)
        << c.version << ": " << c.source << ": " << c.status;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
