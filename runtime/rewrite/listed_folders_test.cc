#include "runtime/rewrite/listed_folders.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::rewrite {
namespace {

TEST(ListedFoldersTest, Table) {
  struct Case {
    const char* text;
    const char* folders;
  };
  for (const Case& c : {
           Case{"ls -la /etc", "/etc"},
           Case{"ls", "/w"},
           Case{"find . -name x", "/w /w/x"},
           Case{"cp -r /opt /x", "/opt /x"},
           Case{"cp /opt/a /x", ""},
           Case{"cat /etc/*.conf b", "/etc"},
           Case{"cat /*/x", "/"},
           Case{"tar czf /x.tar /opt", "/w/czf /x.tar /opt"},
           Case{"tar xf /x.tar", ""},
           Case{"chown -R app /app", "/w/app /app"},
           Case{"chmod 755 /app", ""},
           Case{"chmod --recursive a+r /app", "/w/a+r /app"},
           Case{"expr 2 * 3", ""},
           Case{"rm -rf /opt/*", ""},
           Case{"cd /opt", ""},
           Case{"make", ""},
       }) {
    std::vector<std::string> folders;
    dockerfile::ShellStart start;
    start.folder = "/w";
    for (const auto& command : dockerfile::FindShellCommands(c.text, start)) {
      for (const std::string& folder : ListedFolders(command)) {
        folders.push_back(folder);
      }
    }
    EXPECT_EQ(absl::StrJoin(folders, " "), c.folders) << c.text;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
