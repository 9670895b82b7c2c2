#include "runtime/rewrite/from_target.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* source_stage;
  const char* lines;  // of the second stage
  const char* sent;   // "OWN": our folder; "": unchanged
  const char* report = "";
};

context::Listing Sample() {
  return MakeListing({"bin/", "bin/x", "dir/:0775", "dir/f", "one"});
}

void Check(const Case& item, const context::Listing* listing) {
  const BaseImage base = testing::UsualBase();
  const std::string start = absl::StrCat(item.source_stage, "FROM scratch\n");
  const auto outcome =
      testing::RewriteOver({&base, listing}, absl::StrCat(start, item.lines));
  const std::string own = "/.ovenbird/folders/";
  std::string sent = outcome.text;
  for (size_t at = sent.find(own); at != sent.npos; at = sent.find(own)) {
    const size_t begin = sent.rfind(' ', at) + 1;
    sent.replace(begin, at + own.size() - begin, "OWN-");
  }
  const std::string last = "FROM scratch\n";
  EXPECT_EQ(sent.substr(sent.rfind(last) + last.size()),
            *item.sent ? item.sent : item.lines);
  EXPECT_EQ(absl::StrJoin(outcome.reports, "\n"),
            *item.report ? absl::StrCat("kaniko v1.24.0 ", item.report) : "");
}

constexpr char kOwned[] = "FROM scratch AS s\nCOPY --chown=3:4 . /app/\n";
constexpr char kPlain[] =
    "FROM scratch AS s\nCOPY bin dir /app/\n"
    "COPY dir /app/dir/\nCOPY . /all/\n";

TEST(FromTargetTest, KeepsTheTargetFolder) {
  const context::Listing listing = Sample();
  for (const Case& item : std::vector<Case>{
           {kOwned, "WORKDIR /w\nCOPY --from=s /app/dir ./\n",
            "WORKDIR /w\nCOPY --from=s /app/dir ./\nCOPY OWN-755-0-0 /w/\n"},
           {kOwned, "COPY --from=s /app/dir /new\n",
            "COPY --from=s /app/dir /new\nCOPY OWN-755-0-0 /new/\n"},
           {kOwned, "COPY --from=s /app/d* /new/\n",
            "COPY OWN-755-0-0 /new/\nCOPY --from=s /app/d* /new/\n"
            "COPY OWN-755-0-0 /new/\n"},
           // The mode of the context's folder.
           {kPlain, "COPY --from=s /all/dir /new/\n",
            "COPY OWN-755-0-0 /new/\nCOPY --from=s /all/dir /new/\n"
            "COPY OWN-755-0-0 /new/\n"},
           {kPlain, "COPY --from=s /all/bin /new/\n", ""},
           // New folders above a folder get its mode.
           {kPlain, "COPY --from=s /all/dir /new/deep\n",
            "COPY OWN-755-0-0 /new/\nCOPY --from=s /all/dir /new/deep\n"
            "COPY OWN-755-0-0 /new/deep/\n"},
           {kPlain, "COPY --from=s --chown=1 /all/dir /new\n",
            "COPY --from=s --chown=1 /all/dir /new\n"
            "COPY --chown=1 OWN-755-0-0 /new/\n"},
           {kOwned, "COPY --from=s /app/dir /\n",
            "COPY --from=s /app/dir /\nCOPY OWN-755-0-0 /\n"},
           // COPY makes it with the usual mode.
           {kPlain, "COPY --from=s /app /new/\n", ""},
           {kPlain, "COPY --from=s /all/one /new/deep/\n", ""},
           {kOwned, "COPY --from=s --chown=1 /app/dir/f /new/\n", ""},
           // --chown and --chmod apply to all new folders.
           {kOwned, "COPY --from=s --chown=1 /app/dir /n/m\n",
            "COPY --chown=1 OWN-755-0-0 /n/\n"
            "COPY --from=s --chown=1 /app/dir /n/m\n"
            "COPY --chown=1 OWN-755-0-0 /n/m/\n"},
           {kOwned, "COPY --from=s --chmod=700 /app/one /n/m/\n",
            "COPY --chmod=700 OWN-755-0-0 /n/\n"
            "COPY --chmod=700 OWN-755-0-0 /n/m/\n"
            "COPY --from=s --chmod=700 /app/one /n/m/\n"},
       }) {
    Check(item, &listing);
  }
}

// Whatever the source's own owner and mode are.
TEST(FromTargetTest, KeepsFoldersOfTheImage) {
  const context::Listing listing = Sample();
  const std::string start =
      "FROM base AS s\nUSER 0\nRUN mkdir /d && make\nFROM base\n";
  for (const auto& [copy, kept] :
       std::vector<std::pair<const char*, const char*>>{
           {"/d /opt/private", "700-1000-1001 /opt/private/"},
           {"/d /tmp", "1777-0-0 /tmp/"},
           {"/opt/dir /opt/private/", "700-1000-1001 /opt/private/"},
           {"/made /opt/private", "700-1000-1001 /opt/private/"},
           {"--chown=7:8 /d /opt/dir", "755-0-0 /opt/dir/"},
           {"--chown=7:8 /d/ /opt/private", "700-1000-1001 /opt/private/"},
           {"--chmod=700 /d /opt/dir", "755-0-0 /opt/dir/"},
           // Nothing changes.
           {"/d /opt/dir", ""},
           {"--chown=0 /d /opt/dir", ""},
           {"--chmod=755 /d /opt/dir", ""},
           {"/d/x.json /opt/private/", ""},
           {"/opt/file /opt/private/", ""},
           {"--chown=7:8 /d/x.json /opt/dir", ""},
       }) {
    const BaseImage base = testing::UsualBase();
    const std::string text = absl::StrCat(start, "COPY --from=s ", copy, "\n");
    const auto outcome = testing::RewriteOver({&base, &listing}, text);
    const size_t at = outcome.text.rfind("/.ovenbird/folders/");
    EXPECT_EQ(at == std::string::npos
                  ? ""
                  : outcome.text.substr(at + 19, outcome.text.size() - at - 20),
              kept)
        << outcome.text;
    EXPECT_EQ(absl::StrJoin(outcome.reports, "\n"), "") << copy;
  }
}

TEST(FromTargetTest, MakesNewFoldersAboveFiles) {
  const context::Listing listing = Sample();
  for (const Case& item : std::vector<Case>{
           {kOwned, "COPY --from=s /app/one /n/m/x\n",
            "COPY OWN-755-0-0 /n/m/\nCOPY --from=s /app/one /n/m/x\n"},
           {kOwned, "COPY --from=s /app/one /x\n", ""},
           {kOwned, "WORKDIR /w\nCOPY --from=s /app/one .\n", ""},
           {"FROM base AS s\nUSER root\nRUN x && chown -R 3 /d\n",
            "COPY --from=s /d/f.txt /n/x\n",
            "COPY OWN-755-0-0 /n/\nCOPY --from=s /d/f.txt /n/x\n"},
           {"FROM base AS s\nUSER root\nRUN x\n",
            "COPY --from=s /d/f.txt /n/x\n", ""},
       }) {
    Check(item, &listing);
  }
}

TEST(FromTargetTest, ReportsWhatItCannotKeep) {
  for (const Case& item : std::vector<Case>{
           {"FROM base AS s\nUSER root\nRUN mkdir -m 700 /out\n",
            "COPY --from=s /out /new\n", "",
            "gives the target the owner and mode of `/out`"},
       }) {
    const BaseImage base = testing::UsualBase();
    const auto outcome = testing::RewriteOver(
        {&base}, absl::StrCat(item.source_stage,
                              "FROM base\nRUN x\nCOPY --from=s /out /new\n"));
    EXPECT_EQ(absl::StrJoin(outcome.reports, "\n"),
              absl::StrCat("kaniko v1.24.0 ", item.report));
  }
  // Without a context, nor root's commands.
  const BaseImage base = testing::UsualBase();
  EXPECT_EQ(absl::StrJoin(testing::RewriteOver(
                              {&base},
                              "FROM base AS s\nRUN x\nFROM base\nUSER app\n"
                              "COPY --from=s --chown=7:8 /d/ /opt/dir\n")
                              .reports,
                          "\n"),
            "kaniko v1.24.0 changes the owner and mode of the existing folder "
            "`/opt/dir`");
}

TEST(FromTargetTest, ModeTimeSeesTheFolder) {
  BaseImage base = testing::UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  for (const char* name : {"chown", "sleep", "touch"}) {
    files->entries[absl::StrCat("/bin/", name)] = ImageFile();
  }
  base.files = std::move(files);
  const std::string lines =
      "FROM base AS s\nUSER root\nRUN cp -a /opt/private /d\n"
      "FROM base\nUSER root\nCOPY --from=s /d /new\n";
  const std::string run =
      "RUN [ ! -d /new ] || { chown 0:0 /new && chmod 755 /new";
  testing::Over over = {&base};
  EXPECT_THAT(testing::RewriteOver(over, lines).text,
              ::testing::EndsWith(absl::StrCat(run, "; }\n")));
  over.snapshot_mode = "time";
  EXPECT_THAT(testing::RewriteOver(over, lines).text,
              ::testing::EndsWith(absl::StrCat(
                  run, " && { sleep .02 || sleep 1; } && touch /new; }\n")));
}

TEST(FromTargetTest, KeepsWhatTheStageCopies) {
  const context::Listing listing =
      MakeListing({"bin/", "bin/su:4755", "dir/:0775", "dir/f", "link -> dir",
                   "links/", "links/l -> x", "one", "to-one -> one"});
  for (const Case& item : std::vector<Case>{
           // Symlinks of the context.
           {kPlain, "COPY --from=s /all/link /x\n",
            "COPY --from=s /all/dir /x\nCOPY OWN-755-0-0 /x/\n"},
           {kPlain, "COPY --from=s /all/to-one /x\n",
            "COPY --from=s /all/one /x\n"},
           {kPlain, "COPY --from=s /all/to-one /x/\n",
            "COPY --from=s /all/one /x/to-one\n"},
           {kPlain, "COPY --from=s --chown=7:8 /all/links /x\n", "",
            "does not change the owner of the symlinks"},
           // Setuid.
           {kPlain, "COPY --from=s /all/bin /x\n", "",
            "loses setuid and setgid bits below `/all/bin`"},
           {kPlain, "COPY --from=s /all/bin/su /x/\n", ""},
       }) {
    Check(item, &listing);
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
