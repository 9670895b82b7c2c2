#include "runtime/rewrite/made_files.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::rewrite {
namespace {

// "/d" is a folder, "/l -> x" a symlink.
std::vector<std::string> Shown(const MadeFiles& files) {
  std::vector<std::string> shown;
  for (const auto& [path, file] : files) {
    shown.push_back(file.type == ImageFile::kFolder
                        ? path
                        : absl::StrCat(path, " -> ", file.link));
  }
  return shown;
}

TEST(MadeFilesTest, Find) {
  struct {
    const char* script;
    std::vector<std::string> made;
  } cases[] = {
      {"mkdir /d", {"/d"}},
      {"mkdir /d e", {"/d", "/w/e"}},
      {"mkdir -p /d/full", {"/d", "/d/full"}},
      {"mkdir -pv '/d/a b'", {"/d", "/d/a b"}},
      {"cd /opt && mkdir d", {"/opt/d"}},
      {"ln -s nothing /y", {"/y -> nothing"}},
      {"ln -sfn /a/b y", {"/w/y -> /a/b"}},
      {"set -e; mkdir /d; ln -s x /d", {"/d", "/d/x -> x"}},
      {"mkdir /d && ln -s ../x/y /d", {"/d", "/d/y -> ../x/y"}},
      {"mkdir /d\nmkdir /e", {"/d", "/e"}},
      {"mkdir /d && echo 1 > /f", {"/d"}},
      // It is something else, or gone, afterwards.
      {"mkdir /d && rm -r /d", {}},
      {"mkdir -p /d/e && rmdir /d/e", {"/d"}},
      {"mkdir /d && chmod 700 /d", {}},
      {"mkdir /d && chown -R 7 /d", {}},
      {"ln -s x /y && mv /y /z", {}},
      {"mkdir /d && tool /d", {}},
      {"mkdir /d && rm -r $D", {}},
      // A mode, a target or a path that is not known.
      {"mkdir -m 700 /d", {}},
      {"mkdir --mode=700 /d", {}},
      {"mkdir $D /e", {}},
      {"ln -s a b /d", {}},
      {"ln -s a", {}},
      {"ln -s a /d/", {}},
      {"ln a /y", {}},
      {"umask 077 && mkdir /d", {}},
      // The commands may not run.
      {"test -e /d || mkdir /d", {}},
      {"test -e /d && mkdir /d; true", {}},
      {"if true; then mkdir /d; fi", {}},
      {"for i in a; do mkdir /d; done", {}},
      {"(cd /x && mkdir d)", {}},
      {"exit 0; mkdir /d", {}},
      {"mkdir /d & wait", {}},
      {"echo mkdir /d", {}},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Shown(FindMadeFiles(test.script, "/w")), test.made)
        << test.script;
  }
  EXPECT_EQ(Shown(FindMadeFiles("mkdir d /e", std::nullopt)),
            std::vector<std::string>{"/e"});
}

}  // namespace
}  // namespace ovenbird::rewrite
