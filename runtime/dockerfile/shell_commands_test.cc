#include "runtime/dockerfile/shell_commands.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;

// "FOLDER: name argument argument >output +found".
std::vector<std::string> Commands(const std::string& text) {
  const ShellStart start = {
      "/w", [](const std::string& name) -> std::optional<std::string> {
        if (name != "APP") return std::nullopt;
        return "/app";
      }};
  std::vector<std::string> shown;
  for (const ShellCommand& command : FindShellCommands(text, start)) {
    std::vector<std::string> words = command.arguments;
    words.insert(words.begin(), command.name);
    for (const std::string& path : command.outputs) {
      words.push_back(absl::StrCat(">", path));
    }
    for (const std::string& path : command.found) {
      words.push_back(absl::StrCat("+", path));
    }
    shown.push_back(
        absl::StrCat(command.folder, ": ", absl::StrJoin(words, " ")));
  }
  return shown;
}

TEST(ShellCommandsTest, Table) {
  struct Case {
    const char* text;
    std::vector<std::string> commands;
  };
  for (const Case& c : std::vector<Case>{
           {"A=1 B=2 x y; (z) && { w -v; } || ! u",
            {"/w: x y", "/w: z", "/w: w -v", "/w: u"}},
           {"# no\nwhile t; do s; done", {"/w: t", "/w: s"}},
           {"echo 'a; b' \"c d\" e\\ f", {"/w: echo a; b c d e f"}},
           {"echo x>a 2>>b >&2 <in &>c", {"/w: echo x >a >b >c"}},
           {"echo '>' x", {"/w: echo > x"}},
           {"cat <<E >a\nchmod 1 b\nE\nls", {"/w: cat >a", "/w: ls"}},
           {"cd /a; x; cd b && y; (cd c; z); cd ..; v",
            {"/w: cd /a", "/a: x", "/a: cd b", "/a/b: y", "/a/b: cd c",
             "/a/b/c: z", "/a/b: cd ..", "/a: v"}},
           {"cd $X/y; z", {"/w: cd $X/y", "$X/y: z"}},
           {"cd; z", {"/w: cd", "$HOME: z"}},
           {"x $APP/a ${APP}b ${X}c $Y", {"/w: x /app/a /appb $Xc $Y"}},
           {"F=/f; x $F \"${F}/g\"", {"/w: x /f /f/g"}},
           {"for f in a b; do x $f-$f; done", {"/w: x a-a", "/w: x b-b"}},
           {"L='a b'; for f in $L; do for g in 1 2; do x $f$g; done; done",
            {"/w: x a1", "/w: x a2", "/w: x b1", "/w: x b2"}},
           {"for f in 1 2 3 4 5 6 7 8 9 10 11 12 13; do x $f; done",
            {"/w: x $f"}},
           {"for f in a b; do x $f", {"/w: x a", "/w: x b"}},
           {"{ x; } >a", {"/w: x >a"}},
           {"read APP; x $APP", {"/w: read APP", "/w: x $APP"}},
           {"case $x in a|b) y;; *) z ;; esac; v", {"/w: y", "/w: z", "/w: v"}},
           {"if a; then for i in 1; do b; done; fi; c",
            {"/w: a", "/w: b", "/w: c"}},
           {"sudo -u me -E x", {"/w: x"}},
           {"timeout -k 5 60 nice -n 5 x y", {"/w: x y"}},
           {"gosu me env A=1 x", {"/w: x"}},
           {"busybox chmod 1 a", {"/w: chmod 1 a"}},
           {"sh -c 'x; y z'", {"/w: x", "/w: y z"}},
           {"bash -o pipefail -ec \"x $APP\"", {"/w: x /app"}},
           {"su me -c 'x y'", {"/w: x y"}},
           {"eval x y; eval 'a b'", {"/w: x y", "/w: a b"}},
           {"sh run.sh -c", {"/w: sh run.sh -c"}},
           {"find a /b -type f -exec x y {} +; z",
            {"/w: find a /b -type f", "/w: x y +a +/b", "/w: z"}},
           {"find -name a | xargs -0 -n 1 x", {"/w: find -name a", "/w: x +."}},
           {"ls -1 /a/* | xargs x", {"/w: ls -1 /a/*", "/w: x +/a/*"}},
           {"cat list | xargs x", {"/w: cat list", "/w: x +"}},
           {"x $(y z; v) `y` w", {"/w: x $(y z; v) `y` w"}},
           {"f() { x; }; f", {"/w: f", "/w: x", "/w: f"}},
           {"x 'open", {"/w: x open"}},
           {"x $(open", {"/w: x $(open"}},
       }) {
    EXPECT_EQ(Commands(c.text), c.commands) << c.text;
  }
}

TEST(ShellCommandsTest, Words) {
  std::vector<std::string> names;
  for (const ShellCommand& command :
       FindShellCommands({"/bin/sh", "-c", "cd /x; chmod 1 a"})) {
    names.push_back(absl::StrCat(command.name, " ", command.folder));
  }
  EXPECT_THAT(names, ElementsAre("cd $PWD", "chmod /x"));
}

TEST(ShellCommandsTest, PlaceOfTheName) {
  const std::vector<ShellCommand> commands =
      FindShellCommands("x; sudo /bin/chmod 1 a; sh -c 'b; c'");
  ASSERT_EQ(commands.size(), 4);
  EXPECT_EQ(commands[1].begin, 8);
  EXPECT_EQ(commands[1].end, 18);
  EXPECT_EQ(commands[3].begin, commands[2].begin);
}

TEST(ShellCommandsTest, ResolvesPaths) {
  EXPECT_EQ(ResolvePath("a/../b/", "/w"), "/w/b");
  EXPECT_EQ(ResolvePath("/a//b", "/w"), "/a/b");
  EXPECT_EQ(ResolvePath("$A/b/", "/w"), "$A/b");
  EXPECT_EQ(ResolvePath("~/b", "/w"), "$HOME/b");
  EXPECT_EQ(ResolvePath("b", kUnknownFolder), "$PWD/b");
}

}  // namespace
}  // namespace ovenbird::dockerfile
