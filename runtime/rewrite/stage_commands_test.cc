#include "runtime/rewrite/stage_commands.h"

#include <set>
#include <string>
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
