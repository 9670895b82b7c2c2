#include "runtime/rewrite/stage_files.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/format_text.h"
#include "runtime/base/source_file.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/executor_scope.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

// A stage at its end.
class AtEnd {
 public:
  AtEnd(const std::string& from, const std::string& lines)
      : file_("Dockerfile", absl::StrCat("FROM ", from, "\n", lines)),
        parsed_(dockerfile::Parse(file_, problems_)),
        listing_(MakeListing(
            {"a", "d/", "d/dir/:0700", "d/dir/f", "d/l -> a", "d/to-file"})) {
    request_.dockerfile = &parsed_;
    request_.executor = &executor_;
    request_.listing = &listing_;
    request_.base_image = [](absl::string_view image, bool) {
      return image == "base"
                 ? std::make_shared<const BaseImage>(testing::UsualBase())
                 : nullptr;
    };
    state_.base = from == "scratch" ? "" : from;
    state_.from_scratch = from == "scratch";
    for (const auto& instruction : parsed_.stages[0].instructions) {
      state_.Apply(instruction);
    }
  }

  StageFiles Files() { return StageFiles(site_); }

 private:
  const SourceFile file_;
  diag::Collector problems_;
  const dockerfile::Dockerfile parsed_;
  const context::Listing listing_;
  const dockerfile::BuildArgs args_;
  const dockerfile::Scope global_{&args_, '\\'};
  const dockerfile::Executor executor_{
      "gcr.io/kaniko-project/executor:v1.24.0"};
  Request request_;
  StageState state_{global_.NewEmptyStage()};
  const ExecutorScope scope_{executor_, args_, {}};
  std::vector<dockerfile::Instruction> at_end_;
  EarlierStages earlier_;
  const Site site_{request_, parsed_.stages[0], state_,  scope_,
                   at_end_,  problems_,         earlier_};
};

std::string Shown(const StageFile& file) {
  if (file.kind == StageFile::kAbsent) return "absent";
  if (file.kind == StageFile::kUnknown) return "unknown";
  if (file.Is(ImageFile::kSymlink)) return "link";
  if (!file.Is(ImageFile::kFolder)) return "file";
  return file.IsUsualFolder() ? "folder" : "special";
}

struct Case {
  const char* lines;  // after FROM
  const char* path;
  const char* shown;
};

TEST(StageFilesTest, Lookup) {
  for (const Case& item : std::vector<Case>{
           {"", "/opt/private", "special"},
           {"", "/opt/dir", "folder"},
           {"", "/opt/to-dir", "link"},
           {"", "/opt/file", "file"},
           {"", "/none", "absent"},
           // RUN makes anything, and changes what it names.
           {"RUN x\n", "/none", "unknown"},
           {"RUN x\n", "/opt/private", "special"},
           {"RUN chmod 755 /opt/private\n", "/opt/private", "unknown"},
           {"RUN chmod 755 /opt/dir\n", "/opt/private", "special"},
           {"RUN chmod 755 /opt\n", "/opt/private", "special"},
           {"RUN chmod -R 755 /opt\n", "/opt/private", "unknown"},
           {"RUN chmod 755 $D\n", "/opt/private", "unknown"},
           {"RUN rm -r /opt\n", "/opt/private", "unknown"},
           {"RUN rm /opt/to-file\n", "/opt/to-file", "unknown"},
           {"RUN tool /opt\n", "/opt/private", "unknown"},
           {"RUN tool /opt/dir\n", "/opt/private", "special"},
           {"WORKDIR /opt\nRUN chmod 755 private\n", "/opt/private", "unknown"},
           {"WORKDIR /opt/dir\nRUN chmod 700 .\n", "/opt/dir", "unknown"},
           // What a RUN is seen to make.
           {"RUN mkdir /new\n", "/new", "folder"},
           {"RUN x\nRUN mkdir /new\nRUN x\n", "/new", "folder"},
           {"RUN mkdir /new\nRUN rm -r /new\n", "/new", "unknown"},
           {"RUN mkdir -p /opt/to-dir\n", "/opt/to-dir", "unknown"},
           {"USER 7\nRUN mkdir /new\n", "/new", "unknown"},
           {"COPY a /new\nRUN mkdir -p /new\n", "/new", "unknown"},
           {"RUN ln -s x /new\n", "/new", "link"},
           {"RUN ln -s opt /new\nCOPY a /new/\n", "/opt/a", "file"},
           {"RUN ln -s opt /new\nCOPY a /new/\n", "/new", "link"},
           {"COPY a /new/\nRUN rm -r /new && ln -s opt /new\n", "/opt/a",
            "unknown"},
           // COPY of a file.
           {"COPY a /opt/private/\n", "/opt/private", "special"},
           {"COPY a /opt/private/\n", "/opt/private/a", "file"},
           {"COPY a /opt/private/\n", "/opt/private/b", "absent"},
           {"COPY a /opt/private/\n", "/none", "absent"},
           {"COPY a /opt/\n", "/opt/private", "special"},
           {"COPY a /opt/to-dir/\n", "/opt/dir/a", "file"},
           {"COPY a /opt/file\n", "/opt/file", "file"},
           {"COPY a /none/deep/\n", "/none", "folder"},
           {"COPY a /none/deep/\n", "/none/deep", "folder"},
           {"COPY --chown=7:8 a /none/deep/\n", "/none", "special"},
           {"COPY a /none/deep\n", "/none/deep", "file"},
           // COPY of a folder.
           {"COPY d /opt\n", "/opt/dir", "special"},
           {"COPY d /opt\n", "/opt/dir/old", "file"},
           {"COPY d /opt\n", "/opt/to-file", "file"},
           {"COPY d /opt\n", "/opt/l", "link"},
           {"COPY d /opt\n", "/opt/private", "special"},
           {"COPY --chmod=700 d /none\n", "/none", "special"},
           {"COPY d /none\n", "/none", "folder"},
           {"COPY d /none\nRUN x\n", "/none/l", "link"},
           // What is copied is not known.
           {"COPY --exclude=x d /opt/\n", "/opt/to-file", "unknown"},
           {"COPY --exclude=x d /opt/\n", "/opt", "folder"},
           {"COPY --from=x /y /opt/\n", "/opt/to-file", "unknown"},
           {"COPY * /opt/\n", "/opt/to-file", "unknown"},
           {"COPY missing /opt/\n", "/opt/to-file", "unknown"},
           {"COPY a $X\n", "/none", "unknown"},
           {"COPY a $X\n", "/opt/private", "unknown"},
           {"ADD a.tar /opt/private\n", "/opt/private", "unknown"},
           {"ADD a.tar /opt/private\n", "/opt/dir", "folder"},
           // WORKDIR makes missing folders.
           {"WORKDIR /none/deep\n", "/none", "special"},
           {"USER root\nWORKDIR /none/deep\n", "/none", "folder"},
           {"USER 7\nWORKDIR /none/deep\n", "/none", "special"},
           {"USER 0\nRUN x\nWORKDIR /none\n", "/none", "folder"},
           {"RUN x /none\nWORKDIR /none\n", "/none", "unknown"},
           {"WORKDIR /none\nRUN chown 7 .\n", "/none", "unknown"},
           {"WORKDIR /none/deep\n", "/none/deep/x", "absent"},
           {"WORKDIR /opt/private\n", "/opt/private", "special"},
       }) {
    EXPECT_EQ(Shown(AtEnd("base", item.lines).Files().Lookup(item.path)),
              item.shown)
        << item.lines << item.path;
  }
}

TEST(StageFilesTest, OtherBases) {
  EXPECT_EQ(Shown(AtEnd("scratch", "").Files().Lookup("/a")), "absent");
  EXPECT_EQ(Shown(AtEnd("scratch", "COPY d /\n").Files().Lookup("/l")), "link");
  EXPECT_EQ(Shown(AtEnd("other", "").Files().Lookup("/a")), "unknown");
  EXPECT_EQ(AtEnd("other", "").Files().Follow("/a"), std::nullopt);
}

TEST(StageFilesTest, OwnersOfMadeFolders) {
  for (const auto& [flags, shown] :
       std::vector<std::pair<std::string, std::string>>{
           {"", "755 0:0"},
           {"--chown=7:8 ", "755 7:8"},
           {"--chown=7 ", "755 7:7"},
           {"--chown=app ", "755 1000:1001"},
           {"--chown=app:staff ", "755 1000:50"},
           {"--chown=:staff ", "0 0:0"},
           {"--chown=nobody ", "0 0:0"},
           {"--chmod=700 ", "700 0:0"},
           {"--chmod=g+w ", "0 0:0"},
       }) {
    const ImageFile folder =
        AtEnd("base", absl::StrCat("COPY ", flags, "a /new/\n"))
            .Files()
            .Lookup("/new")
            .entry;
    EXPECT_EQ(FormatText("%o %d:%d", folder.mode, folder.user, folder.group),
              shown)
        << flags;
  }
}

TEST(StageFilesTest, Follow) {
  AtEnd end("base", "");
  const StageFiles files = end.Files();
  EXPECT_EQ(files.Follow("/opt/to-dir/x"), "/opt/dir/x");
  EXPECT_EQ(files.Follow("/opt/dangling"), "/opt/nowhere/deep");
  EXPECT_EQ(files.FollowFolders("/opt/dangling"), "/opt/dangling");
  EXPECT_EQ(files.FollowFolders("/opt/dangling/x"), "/opt/nowhere/deep/x");
}

}  // namespace
}  // namespace ovenbird::rewrite
