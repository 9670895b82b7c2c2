#include "runtime/rewrite/from.h"

#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::rewrite {
namespace {

struct Sent {
  std::string text;
  std::string reported;
};

Sent Send(const std::string& text) {
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  const dockerfile::Executor executor("gcr.io/kaniko-project/executor:v1.24.0");
  Request request;
  request.dockerfile = &dockerfile;
  for (const dockerfile::Stage& stage : dockerfile.stages) {
    request.stages.push_back(stage.index);
  }
  request.target = request.stages.back();
  request.executor = &executor;
  request.snapshot_mode = "full";
  Sent sent;
  sent.text = Rewrite(request, problems).text;
  std::vector<std::string> strings;
  for (const diag::Diagnostic& one : problems.diagnostics()) {
    strings.push_back(one.message);
  }
  sent.reported = absl::StrJoin(strings, "; ");
  return sent;
}

TEST(FromTest, FollowsVariablesToTheStagesBelow) {
  const auto reported = [](const std::string& from) {
    return Send(absl::StrCat("ARG B=one\nFROM a AS one\nRUN mkfifo /d/x\n",
                             from,
                             " AS two\nUSER app\nFROM a\n"
                             "COPY --from=two /d /y\n"))
        .reported;
  };
  EXPECT_NE(reported("FROM ${B}"), "");
  EXPECT_EQ(reported("FROM ${B}"), reported("FROM one"));
  EXPECT_EQ(reported("FROM b"), "");
}

// Sources whose loss cannot be made up for are sent as they are.
TEST(FromTest, Reports) {
  struct Case {
    const char* run;
    const char* copy;
    const char* reported;
  };
  constexpr char kFolder[] = "gives the target the owner and mode of `/out`";
  constexpr char kBits[] = "loses setuid and setgid bits below `/out`";
  for (const Case& item : std::vector<Case>{
           {"mkdir /out", "/out /x", ""},
           {"chmod +x /out/f && chmod 755 /out/g", "/out /x", ""},
           {"chmod 4711 /out/f", "/other /x", ""},
           {"chmod 4711 /out/f", "/out/f /x", ""},
           {"chmod 4711 /out/f", "--chmod=755 /out /x", ""},
           {"chmod -R u+s /out/d", "/out /x", kBits},
           {"chmod 4711 /out/*", "/out /x", kBits},
           {"chmod 4711 /out/f", "[\"/out\", \"/x\"]", kBits},
           {"chmod 4711 /out/f", "/out \"/x\"", kBits},
           {"mkdir /out && chown -R app /out", "/out /x", kFolder},
           {"mkdir -m 700 /out", "/out /x", kFolder},
           {"mkdir -p /out && chmod 700 /out", "/out /x", kFolder},
           {"mkdir -p /out && chmod 755 /out", "/out /x", ""},
           {"mkdir -p /out && chown root:root /out", "/out /x", ""},
           {"mkdir -p /out && chown app /out/f", "/out /x", ""},
           // It may be a file, which keeps its owner.
           {"chown app /out", "/out /x", ""},
           {"mkdir /out && chown app /out", "--chown=1:1 /out /x", ""},
           {"mkfifo /out/p", "/out /x", "hangs at the named pipe `/out/p`"},
           {"mkfifo /out/p", "/out/p /x", "hangs at the named pipe `/out/p`"},
           {"mkfifo /p", "/out /x", ""},
           {"setcap a+ep /out/f", "/out/f /x",
            "loses the capabilities of `/out/f`"},
           {"setcap a+ep /out/f", "/out /x",
            "loses the capabilities of `/out/f`"},
           {"setcap a+ep /out/f", "--chown=1 /out /x", ""},
           {"ln /out/a /out/b", "/out /x",
            "copies the hard links `/out/a` and `/out/b` as two files"},
           {"ln /out/a /b", "/out /x", ""},
           {"ln /out/a /out/b", "/out/a /out/b /x/", ""},
           {"x", "/ /x", "fails to copy the whole file system of a stage"},
           {"ln -s 'a b' '/out/a b'", "[\"/out/a b\", \"/x\"]",
            "copies the symlink `/out/a b`, not its target"},
       }) {
    const std::string text = absl::StrCat(
        "FROM a AS s\nRUN ", item.run, "\nFROM b\nCOPY --from=s ", item.copy);
    const Sent sent = Send(text);
    EXPECT_EQ(sent.reported,
              *item.reported == '\0'
                  ? ""
                  : absl::StrCat("kaniko v1.24.0 ", item.reported))
        << text;
    EXPECT_EQ(sent.text, text);
  }
}

TEST(FromTest, SetsAside) {
  constexpr char kLink[] =
      "mkdir -p /.ovenbird-from/1; cp -RpH /l /.ovenbird-from/1/ || "
      "cp -Rp /l /.ovenbird-from/1/ || true";
  constexpr char kBits[] =
      "mkdir -p /.ovenbird-from/1; cp -p /d/f /.ovenbird-from/1/ || "
      "cp -Rp /d/f /.ovenbird-from/1/ || true";
  constexpr char kLibraries[] =
      "mkdir -p /.ovenbird-from/1; cp -RpH /lib/x.so* /.ovenbird-from/1/ || "
      "cp -Rp /lib/x.so* /.ovenbird-from/1/ || true";
  struct Case {
    const char* run;
    const char* copy;
    const char* added;  // to the stage
    const char* sent;   // in place of the COPY
  };
  for (const Case& item : std::vector<Case>{
           {"ln -s a /l", "/l /x", kLink,
            "COPY --from=s /.ovenbird-from/1/l /x"},
           {"cd / && ln -s a l", "--chown=1 l/ /x/ ", kLink,
            "COPY --from=s --chown=1 /.ovenbird-from/1/l /x/"},
           {"ln -s x.so.1 /lib/x.so", "/lib/x.so* /y/", kLibraries,
            "COPY --from=s /.ovenbird-from/1/* /y/"},
           {"chmod 4711 /d/f", "/d /x", kBits,
            "COPY --from=s /d /x\nCOPY --from=s /.ovenbird-from/1/* /x/"},
           {"chmod 4711 /d/f", "/? /x", kBits,
            "COPY --from=s /? /x\nCOPY --from=s /.ovenbird-from/1/* /x/"},
       }) {
    const std::string start = absl::StrCat("FROM a AS s\nRUN ", item.run, "\n");
    const Sent sent =
        Send(absl::StrCat(start, "FROM b\nCOPY --from=s ", item.copy));
    EXPECT_EQ(sent.reported, "") << item.run;
    EXPECT_EQ(sent.text, absl::StrCat(start, "USER 0\nRUN ", item.added,
                                      "\nFROM b\n", item.sent));
  }
}

// Where a symlink is possible, what it leads to takes its place.
TEST(FromTest, ReplacesLinks) {
  constexpr absl::string_view kPut =
      "n=1; while [ -f /.ovenbird-from/path$n ]; do mv /.ovenbird-from/link$n "
      "\"$(cat /.ovenbird-from/path$n)\" && rm /.ovenbird-from/path$n || exit "
      "1; "
      "n=$((n+1)); done";
  const auto take = [](absl::string_view paths) {
    return absl::StrCat("mkdir -p /.ovenbird-from; n=0; for p in ", paths,
                        "; do [ ! -L \"$p\" ] || { n=$((n+1)); cp -RpH \"$p\" "
                        "/.ovenbird-from/link$n && rm \"$p\" && echo \"$p\" > "
                        "/.ovenbird-from/path$n; } || exit 1; done");
  };
  const auto loop = [&](absl::string_view paths) {
    return absl::StrCat(take(paths), "; ", kPut);
  };
  for (const auto& [run, copies, added] :
       std::vector<std::tuple<const char*, const char*, std::string>>{
           {"make install", "/lib/x.so* /y/", loop("/lib/x.so*")},
           {"make", "/lib/*.so /y/", loop("/lib/*.so /lib/.[!.]*.so")},
           {"make install", "/a /x", loop("/a")},
           {"cmake --install b", "/a /x", loop("/a")},
           {"sh /install.sh", "/a /x", loop("/a")},
           {"./install.sh", "/a /x", loop("/a")},
           {"mv /b /a", "/a /x", loop("/a")},
           {"mv /b /a", "/a/c /x", loop("/a/c")},
           {"cp -a /b /a", "/a /x", loop("/a")},
           {"cd /t && tar xf b", "/t/a /x", loop("/t/a")},
           {"tar -C /t -xzf b", "/t/a /x", loop("/t/a")},
           {"mv /b /a", "/a /x\nCOPY --from=s /a /y", loop("/a")},
           {"make install", "/a /x\nCOPY --from=s /b /y", loop("/b /a")},
           // No symlink, or another file.
           {"make", "/a /x", ""},
           {"cp /b /a", "/a /x", ""},
           {"mv /b /a", "/c /x", ""},
           {"tar -C /t -cf b .", "/t/a /x", ""},
           {"make install && echo 1 > /a", "/a /x", ""},
           {"make install && mkdir /a", "/a /x", ""},
           {"sh -c 'make'", "/a /x", ""},
       }) {
    const std::string start = absl::StrCat("FROM a AS s\nRUN ", run, "\n");
    const std::string then = absl::StrCat("FROM b\nCOPY --from=s ", copies);
    EXPECT_EQ(Send(absl::StrCat(start, then)).text,
              added.empty()
                  ? absl::StrCat(start, then)
                  : absl::StrCat(start, "USER 0\nRUN ", added, "\n", then));
  }
  // The folder needs the symlink.
  EXPECT_THAT(Send("FROM a AS s\nRUN make install\nFROM b\n"
                   "COPY --from=s /d/a /x\nCOPY --from=s /d /y")
                  .text,
              ::testing::HasSubstr("COPY --from=s /.ovenbird-from/1/a /x\n"));
}

// A file that a source names keeps its bits, but not if its folder is copied,
// too.
TEST(FromTest, SetsNamedFilesAsideIfTheirFolderIsCopied) {
  constexpr char kStart[] = "FROM a AS s\nRUN chmod 4711 /d/f\n";
  const std::string alone = absl::StrCat(kStart, "FROM b\nCOPY --from=s ");
  for (const char* copy : {"/d/f /x", "/d/* /x/"}) {
    EXPECT_EQ(Send(absl::StrCat(alone, copy)).text, absl::StrCat(alone, copy));
  }
  EXPECT_THAT(Send(absl::StrCat(alone, "/d /x\nCOPY --from=s /d/f /y")).text,
              ::testing::HasSubstr("\nCOPY --from=s /.ovenbird-from/2/f /y"));
  EXPECT_THAT(Send(absl::StrCat(alone, "/d /x\nCOPY --from=s /d/* /y/")).text,
              ::testing::HasSubstr("\nCOPY --from=s /d/* /y/\n"
                                   "COPY --from=s /.ovenbird-from/2/* /y/"));
}

TEST(FromTest, NeedsAStageOfItsOwnWithAShell) {
  for (const char* text : {
           // Another stage starts from it.
           "FROM a AS s\nRUN ln -s a /l\nFROM s AS t\nFROM t\n"
           "COPY --from=s /l /x",
           // No shell, or a foreign one.
           "FROM a AS s\nRUN ln -s a /l\nSHELL [\"pwsh\"]\nFROM b\n"
           "COPY --from=s /l /x",
       }) {
    const Sent sent = Send(text);
    EXPECT_EQ(sent.text, text);
    EXPECT_EQ(sent.reported,
              "kaniko v1.24.0 copies the symlink `/l`, not its target");
  }
}

TEST(FromTest, KnowsThatTheStageRunsAsRoot) {
  const Sent sent = Send(
      "FROM a AS s\nUSER root\nRUN ln -s a /l\nFROM b\nCOPY --from=s /l /x");
  EXPECT_TRUE(absl::StrContains(sent.text, "/.ovenbird-from/0/l /x"))
      << sent.text;
  EXPECT_FALSE(absl::StrContains(sent.text, "USER 0")) << sent.text;
}

}  // namespace
}  // namespace ovenbird::rewrite
