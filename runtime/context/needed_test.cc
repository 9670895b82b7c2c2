#include "runtime/context/needed.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/context/walk.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NeededTest : public ::testing::Test {
 protected:
  NeededTest() {
    std::filesystem::remove_all(root_);
    for (absl::string_view path :
         absl::StrSplit("a.c b.c dir/x dir/sub/y dir/sub/z.c lib/l other/o "
                        "bin/app-amd64 bin/app-arm64/f bin/tool",
                        ' ')) {
      const std::filesystem::path full = absl::StrCat(root_, "/", path);
      std::filesystem::create_directories(full.parent_path());
      EXPECT_THAT(WriteFile(full, ""), IsOk());
    }
    std::filesystem::create_directory(root_ + "/empty");
    const auto link = [&](const char* target, const char* path) {
      std::filesystem::create_symlink(target, absl::StrCat(root_, "/", path));
    };
    link("dir/sub", "to_sub");
    link("../lib/l", "other/to_l");
    link("/dir", "to_dir");
    link("loop", "loop");
    link("../../..", "dir/sub/up");
  }
  ~NeededTest() override { std::filesystem::remove_all(root_); }

  // For the Dockerfile lines, with FROM before them.
  void Find(const std::string& lines, const std::string& rules = "") {
    source_ = std::make_unique<SourceFile>("Dockerfile", "FROM a\n" + lines);
    const auto dockerfile = dockerfile::Parse(*source_, problems_);
    resolution_ = dockerfile::Resolve(dockerfile, {}, problems_);
    ignore_.file = std::make_unique<SourceFile>(".dockerignore", rules);
    ignore_.rules = Ignore::Parse(*ignore_.file, problems_);
    WalkOptions options;
    options.ignore = &ignore_.rules;
    auto walk = Walk(root_, options);
    ASSERT_THAT(walk, IsOk());
    needed_ = FindNeeded(walk->listing, resolution_.sources);
    ReportMissing(needed_, walk->listing, ignore_, problems_);
    selected_.clear();
    const Listing selected = walk->listing.Select(needed_.keep);
    for (size_t i = 0; i < selected.size(); ++i) {
      if (selected[i].type != EntryType::kFolder) {
        selected_.push_back(selected.Path(i));
      }
    }
  }

  const std::string root_ = ::testing::TempDir() + "/needed";
  std::unique_ptr<SourceFile> source_;
  dockerfile::Resolution resolution_;
  IgnoreFile ignore_;
  diag::Collector problems_;
  Needed needed_;
  std::vector<std::string> selected_;
};

// BuildKit finds it only where another COPY sends it.
TEST_F(NeededTest, ANameWithABackslash) {
  EXPECT_THAT(WriteFile(root_ + "/a\\b", ""), IsOk());
  Find("COPY a\\\\b /x/\n");
  ASSERT_EQ(problems_.diagnostics().size(), 1u);
  EXPECT_EQ(std::string(problems_.diagnostics()[0].rule->id),
            "copy-source-missing");
  problems_ = {};
  Find("COPY a* /x/\nCOPY a\\\\b /y/\n");
  EXPECT_THAT(problems_.diagnostics(), IsEmpty());
  EXPECT_THAT(selected_, ElementsAre("a.c", "a\\b"));
  Find("COPY . /x/\nCOPY a\\\\b /y/\n");
  EXPECT_THAT(problems_.diagnostics(), IsEmpty());
}

TEST_F(NeededTest, Sources) {
  struct Case {
    const char* lines;
    std::vector<std::string> selected;
  };
  for (const Case& c : std::vector<Case>{
           {"", {}},
           {"COPY a.c /\n", {"a.c"}},
           {"COPY dir/sub/z.c /\nCOPY lib /\n", {"dir/sub/z.c", "lib/l"}},
           {"COPY *.c /\n", {"a.c", "b.c"}},
           {"COPY a.c /\nFROM b\nCOPY a.c /x\n", {"a.c"}},
           {"COPY a.c /\nCOPY a.c to_sub/y /y/\nCOPY to_sub/y /\n",
            {"a.c", "dir/sub/y", "to_sub"}},
           {"COPY */sub /\n", {"dir/sub/up", "dir/sub/y", "dir/sub/z.c"}},
           {"COPY [b]in/tool /\n", {"bin/tool"}},
           {"ARG TARGETARCH\nCOPY bin/app-$TARGETARCH /\n",
            {"bin/app-amd64", "bin/app-arm64/f"}},
           {"COPY --from=x a.c /\n", {}},
           {"ADD dir/x https://example.com/x /\n", {"dir/x"}},
           // Symlinks: themselves, and what they lead to.
           {"COPY other/to_l /\n", {"lib/l", "other/to_l"}},
           {"COPY other /\n", {"other/o", "other/to_l"}},
           {"COPY to_sub/y /\n", {"dir/sub/y", "to_sub"}},
           {"COPY to_sub/*.c /\n", {"dir/sub/z.c", "to_sub"}},
           {"COPY to_dir/sub/y /\n", {"dir/sub/y", "to_dir"}},
           {"COPY loop /\n", {"loop"}},
       }) {
    Find(c.lines);
    EXPECT_EQ(selected_, c.selected) << c.lines;
    EXPECT_EQ(needed_.everything, nullptr) << c.lines;
    EXPECT_THAT(needed_.missing, IsEmpty()) << c.lines;
    EXPECT_THAT(problems_.diagnostics(), IsEmpty()) << c.lines;
  }
}

TEST_F(NeededTest, Everything) {
  Find("COPY a.c /\nCOPY . /\n");
  ASSERT_NE(needed_.everything, nullptr);
  EXPECT_EQ(needed_.everything->why, "`COPY .`");
  EXPECT_EQ(selected_.size(), 15);
  // A symlink that leads out of the context ends at its top.
  Find("COPY dir/sub/up /\n");
  EXPECT_EQ(selected_.size(), 15);
}

TEST_F(NeededTest, MissingAndIgnored) {
  Find("COPY a.d /\nCOPY *.h /\nCOPY lib/l /\nCOPY bi[n] /\nCOPY dir/ /\n",
       "lib\n*\n!dir\ndir/*\n");
  std::vector<std::string> strings;
  for (const diag::Diagnostic& problem : problems_.Sorted()) {
    strings.push_back(absl::StrCat(source_->PositionAt(problem.span.begin).line,
                                   " ", problem.rule->id, " ", problem.message,
                                   "; ", problem.label));
  }
  ASSERT_EQ(strings.size(), 4);
  EXPECT_THAT(strings[0], HasSubstr("2 copy-source-missing no `a.d`"));
  EXPECT_THAT(strings[1],
              HasSubstr("3 copy-pattern-unmatched nothing in the build "
                        "context matches `*.h`"));
  EXPECT_THAT(strings[2], HasSubstr("4 copy-source-ignored `lib/l` is excluded "
                                    "by `lib` in .dockerignore"));
  EXPECT_THAT(strings[3], HasSubstr("5 copy-pattern-unmatched"));
  // BuildKit copies nothing then.
  EXPECT_EQ(problems_.errors(), 2);
}

// BuildKit: `lstat /dir: no such file or directory`.
TEST_F(NeededTest, FoldersOfPatternsThatNoSourceTakes) {
  for (const auto& [lines, folder] :
       std::vector<std::pair<const char*, const char*>>{
           {"COPY dir/*.h /\n", "dir"},
           {"COPY dir/*/none /\n", "dir"},
           {"COPY nope/n*/x /\n", "nope"},
           {"COPY a.c nope/[x] /y/\n", "nope"},
           {"ADD dir/sub/*.h /\nCOPY dir/x /\n", "dir/sub"},
           {"COPY to_sub/*.h /\nCOPY dir/x /\n", "to_sub"},
           // BuildKit copies nothing then.
           {"COPY *.h /\n", ""},
           {"COPY dir/*.h /\nCOPY dir /\n", ""},
           {"COPY dir/*.h /\nCOPY dir/x /\n", ""},
           {"COPY dir/*.h /\nCOPY dir/sub/*.c /\n", ""},
           {"COPY dir/*.h /\nCOPY . /\n", ""},
           {"COPY to_sub/*.h /\nCOPY dir/sub/y /\n", ""},
       }) {
    problems_ = {};
    Find(lines);
    ASSERT_EQ(problems_.diagnostics().size(), 1u) << lines;
    const diag::Diagnostic& problem = problems_.diagnostics()[0];
    EXPECT_EQ(problem.label,
              *folder == '\0' ? ""
                              : absl::StrCat("no source takes anything from `",
                                             folder, "`"))
        << lines;
    EXPECT_EQ(std::string(problem.rule->id),
              *folder == '\0' ? "copy-pattern-unmatched" : "copy-folder-unsent")
        << lines;
  }
}

// BuildKit: `"/nope": not found`.
TEST_F(NeededTest, MountedSources) {
  struct Case {
    const char* mount;
    const char* problem;
  };
  for (const Case& c : std::vector<Case>{
           {"type=bind,source=dir/sub,target=/x", ""},
           {"source=empty,target=/x", ""},
           {"target=/x", ""},
           {"source=to_sub,target=/x", ""},
           {"source=nope,target=/x,rw",
            "copy-source-missing no `nope` in the build context"},
           // A mount has no patterns.
           {"source=*.c,target=/x",
            "copy-source-missing no `*.c` in the build context"},
           {"src=./lib/l,dst=/x",
            "copy-source-ignored `lib/l` is excluded by `lib` in "
            ".dockerignore"},
           {"type=cache,source=nope,target=/x", ""},
           {"from=b,source=nope,target=/x", ""},
       }) {
    diag::Collector problems;
    std::swap(problems, problems_);
    Find(absl::StrCat("RUN --mount=", c.mount, " ls\n"), "lib\n");
    std::string found;
    for (const diag::Diagnostic& problem : problems_.Sorted()) {
      absl::StrAppend(&found, problem.rule->id, " ", problem.message);
    }
    EXPECT_EQ(found, c.problem) << c.mount;
  }
}

// A folder that is there is not what is missing.
TEST_F(NeededTest, MissingInAFolderThatIsThere) {
  struct Case {
    const char* copy;
    const char* message;
    const char* label;
  };
  for (const Case& c : std::vector<Case>{
           {"ARG TARGETARCH\nCOPY empty/$TARGETARCH/app /\n",
            "no `empty/*` in the build context",
            "with any value of its variable"},
           {"ARG TARGETARCH\nCOPY ./dir/x-$TARGETARCH /\n",
            "no `dir/x-*` in the build context",
            "with any value of its variable"},
           {"COPY empty/e /\n", "no `empty/e` in the build context", ""},
       }) {
    Find(c.copy);
    ASSERT_FALSE(problems_.diagnostics().empty()) << c.copy;
    EXPECT_EQ(problems_.diagnostics().back().message, c.message);
    EXPECT_EQ(problems_.diagnostics().back().label, c.label) << c.copy;
  }
}

TEST_F(NeededTest, Suggestion) {
  Find("COPY dir/sub/zz.c /\n");
  ASSERT_EQ(problems_.diagnostics().size(), 1);
  EXPECT_EQ(problems_.diagnostics()[0].label, "did you mean `dir/sub/z.c`?");
}

}  // namespace
}  // namespace ovenbird::context
