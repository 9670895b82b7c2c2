#include "runtime/rewrite/stage_commands.h"

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::rewrite {
namespace {

// Each fact as one word, sorted by kind.
std::string Shown(const StageCommands& commands) {
  std::vector<std::string> facts;
  const auto add = [&](const char* kind, const std::set<std::string>& paths) {
    for (const std::string& path : paths) {
      facts.push_back(absl::StrCat(kind, ":", path));
    }
  };
  add("setuid", commands.setuid());
  add("setuid-tree", commands.setuid_trees());
  add("capability", commands.capabilities());
  add("fifo", commands.fifos());
  add("link", commands.symlinks());
  for (const auto& [one, other] : commands.hard_links()) {
    facts.push_back(absl::StrCat("same:", one, "=", other));
  }
  return absl::StrJoin(facts, " ");
}

TEST(StageCommandsTest, ReadsRun) {
  struct Case {
    const char* stage;
    const char* shown;
  };
  for (const Case& item : std::vector<Case>{
           {"RUN chmod 4711 /f", "setuid:/f"},
           {"RUN chmod u+s,g+s /f /g", "setuid:/f setuid:/g"},
           {"RUN chmod 4711 /f && chmod 755 /f", ""},
           {"RUN chmod u=rwx,o=rx /f", ""},
           {"RUN mkdir /d && chmod 2775 /d", ""},
           {"RUN chmod -R u+s /d", "setuid-tree:/d"},
           {"RUN cd /d && chmod 4755 f", "setuid:/d/f"},
           {"WORKDIR /w\nRUN chmod 4755 f", "setuid:/w/f"},
           {"WORKDIR /w\nWORKDIR v\nRUN chmod 4755 f", "setuid:/w/v/f"},
           {"WORKDIR $W\nRUN chmod 4755 f", ""},
           {"RUN chmod 4755 f", ""},
           {"RUN setcap cap_net_raw+ep /f", "capability:/f"},
           {"RUN setcap -q a /f b /g", "capability:/f capability:/g"},
           {"RUN mkfifo -m 600 /p", "fifo:/p"},
           {"RUN mknod /p p && mknod /c c 1 3", "fifo:/p"},
           {"RUN mkfifo -m600 /p && mkfifo --mode=600 /q", "fifo:/p fifo:/q"},
           {"RUN ln -s a /b", "link:/b link:/b/a"},
           {"RUN ln -sf /x/a /x/c /b", "link:/b/a link:/b/c"},
           {"RUN ln /a /b", "same:/a=/b"},
           {"RUN mkdir /d && ln /a /d", "same:/a=/d/a"},
           {"RUN ln /a", ""},
           {"RUN [\"chmod\", \"4755\", \"/f\"]", ""},
       }) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", item.stage));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    EXPECT_EQ(Shown(StageCommands({&dockerfile.stages[0]})), item.shown)
        << item.stage;
  }
}

TEST(StageCommandsTest, Moves) {
  for (const auto& [run, moves, setuid] :
       std::vector<std::tuple<const char*, const char*, const char*>>{
           {"mv /a /b", "/a=/b", ""},
           {"mv /a /b/", "/a=/b/a", ""},
           {"mkdir /b && mv /a /b", "/a=/b/a", ""},
           {"mv /a /c /b", "/a=/b/a /c=/b/c", ""},
           {"cp -p /a /b", "/a=/b", ""},
           {"cp -a /a /b", "/a=/b", ""},
           {"cp --archive /a /b", "/a=/b", ""},
           {"cd /d && mv a ../b", "/d/a=/b", ""},
           // The copy has a mode of its own, or its name is not known.
           {"cp /a /b", "", ""},
           {"mv /a* /b", "", ""},
           {"mv /a $B", "", ""},
           {"mv /a", "", ""},
           {"chmod 4755 /a/s && mv /a /b", "/a=/b", "/a/s /b/s"},
       }) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\nRUN ", run));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    const StageCommands commands({&dockerfile.stages[0]});
    EXPECT_EQ(absl::StrJoin(commands.moves(), " ", absl::PairFormatter("=")),
              moves)
        << run;
    EXPECT_EQ(absl::StrJoin(commands.setuid(), " "), setuid) << run;
  }
}

TEST(StageCommandsTest, OwnersOfLinks) {
  struct Case {
    const char* stage;
    const char* owners;  // "LINK=OWNER" of each
    const char* of_all;  // of /d
  };
  for (const Case& item : std::vector<Case>{
           {"RUN mkdir /d && ln -s a /d/l", "", ""},
           {"USER app\nRUN ln -s a /d/l", "/d/l=app /d/l/a=app", ""},
           {"USER 0\nRUN ln -s a b /d", "", ""},
           {"USER $U\nRUN ln -s a b /d", "", ""},
           {"USER app\nRUN ln -s a b /d\nUSER root\nRUN ln -s a /d/",
            "/d/b=app", ""},
           {"RUN mkdir /d && ln -s a b /d && chown -R 1:2 /d",
            "/d/a=1:2 /d/b=1:2", "1:2"},
           {"RUN ln -s a b /d && chown -hR app / && chmod 700 /d",
            "/d/a=app /d/b=app", "app"},
           {"RUN ln -s a b /d && chown --recursive 1:2 /d && touch /d/x",
            "/d/a=1:2 /d/b=1:2", ""},
           {"RUN ln -s a b /d && chown -R 1:2 /d\nRUN make",
            "/d/a=1:2 /d/b=1:2", ""},
           {"RUN chown -R 1:2 /d\nCOPY x /d/", "", ""},
           {"RUN ln -s a b /d && chown 1:2 /d/a && chown -h 3:4 /d/b",
            "/d/b=3:4", ""},
           {"RUN ln -s a b /d && chown -R 1:2 /d && chown -R 0:0 /d", "",
            "0:0"},
           {"WORKDIR /d\nUSER node\nRUN npm ci", "/d/node_modules=node", ""},
           {"WORKDIR /d\nRUN npm ci && chown -R node:node .",
            "/d/node_modules=node:node", "node:node"},
       }) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", item.stage));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    const StageCommands commands({&dockerfile.stages[0]});
    EXPECT_EQ(
        absl::StrJoin(commands.link_owners(), " ", absl::PairFormatter("=")),
        item.owners)
        << item.stage;
    EXPECT_EQ(commands.OwnerOfTree("/d"), item.of_all) << item.stage;
  }
}

// The mode in each form that mkdir reads.
TEST(StageCommandsTest, ModesOfNewFolders) {
  struct Case {
    const char* run;
    bool special;
  };
  for (const Case& item :
       {Case{"mkdir /d", false}, Case{"mkdir -p /d", false},
        Case{"mkdir -m 755 /d", false}, Case{"mkdir -m755 /d", false},
        Case{"mkdir --mode=0755 /d", false}, Case{"mkdir -m 700 /d", true},
        Case{"mkdir -m700 /d", true}, Case{"mkdir -pm 700 /d", true},
        Case{"mkdir -pm700 /d", true}, Case{"mkdir /d -m 700", true},
        Case{"mkdir --mode=700 /d", true}, Case{"mkdir --mode 700 /d", true},
        Case{"mkdir --mode=700 -p /d", true}, Case{"mkdir /d -m", false}}) {
    const SourceFile file("Dockerfile",
                          absl::StrCat("FROM a\nWORKDIR /w\nRUN ", item.run));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    const StageCommands commands({&dockerfile.stages[0]});
    EXPECT_TRUE(commands.IsFolder("/d")) << item.run;
    EXPECT_EQ(commands.IsSpecialFolder("/d"), item.special) << item.run;
    // The mode is not a folder.
    EXPECT_FALSE(commands.IsFolder("/w/700")) << item.run;
  }
}

TEST(StageCommandsTest, FoldersWithOwnModes) {
  struct Case {
    const char* stage;
    bool own;     // has an owner or mode of its own
    bool may;     // may have
    bool folder;  // is known as a folder
  };
  for (const Case& item : std::vector<Case>{
           {"WORKDIR /d", false, false, true},
           {"WORKDIR /d/e", false, false, true},
           {"WORKDIR /d\nRUN chmod -R g=u .", true, true, true},
           {"RUN chmod +x /d", false, false, false},
           {"RUN chown app /d", true, true, false},
           {"RUN cp -a /opt/x /d", false, true, false},
           {"RUN mv /opt/x $D", false, true, false},
           {"RUN cp -a /opt/x /e", false, false, false},
           {"RUN umask 077 && make", false, true, false},
           {"RUN apt-get install -y x", false, false, false},
           {"RUN useradd -m -d /d app", true, true, true},
           {"RUN useradd -d /d app", false, true, false},
           {"RUN adduser -D -h /d app", true, true, true},
           {"RUN adduser -D -H app", false, false, false},
       }) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", item.stage));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    const StageCommands commands({&dockerfile.stages[0]});
    EXPECT_EQ(commands.HasOwnMode("/d"), item.own) << item.stage;
    EXPECT_EQ(commands.MayHaveOwnMode("/d"), item.may) << item.stage;
    EXPECT_EQ(commands.IsMadeFolder("/d"), item.folder) << item.stage;
  }
}

TEST(StageCommandsTest, ReadsTheStagesThatItStartsFrom) {
  const SourceFile file("Dockerfile",
                        "FROM a AS One\nRUN mkfifo /p\n"
                        "FROM oNE AS two\nRUN mkfifo /q\n"
                        "FROM b\nRUN mkfifo /r\n");
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  EXPECT_EQ(
      Shown(StageCommands({&dockerfile.stages[0], &dockerfile.stages[1]})),
      "fifo:/p fifo:/q");
  EXPECT_EQ(Shown(StageCommands({&dockerfile.stages[2]})), "fifo:/r");
}

}  // namespace
}  // namespace ovenbird::rewrite
