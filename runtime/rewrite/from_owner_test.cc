#include "runtime/rewrite/from_owner.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

// The programs that change owners are there.
BaseImage BaseWithTools() {
  BaseImage base = testing::UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  for (const char* name : {"find", "chown", "chmod", "sleep", "touch"}) {
    files->entries[absl::StrCat("/bin/", name)] = ImageFile();
  }
  base.files = std::move(files);
  base.user = "";
  return base;
}

struct Case {
  const char* lines;  // of the second stage
  const char* run;    // "": none is sent
  const char* report = "";
};

TEST(FromOwnerTest, PutsOwnersRight) {
  const BaseImage base = BaseWithTools();
  for (const Case& item : std::vector<Case>{
           {"COPY --from=one --chown=app /app/node_modules /new\n",
            "find /new -type l -exec chown -h 1000:1001 {} +"},
           {"RUN useradd made\nCOPY --from=one --chown=made:made /app /new\n",
            "find /new -type l -exec chown -h made:made {} +"},
           {"RUN useradd made\nCOPY --from=one --chown=made /v/ /new\n",
            "find /new -type l -exec chown -h made: {} +"},
           // WORKDIR has made it; what else is in it keeps its owner.
           {"USER 0\nWORKDIR /work\nCOPY --from=one --chown=7:8 /app .\n",
            "find /work -type l -exec chown -h 7:8 {} +"},
           {"USER 0\nWORKDIR /work\nRUN ln -s x l\n"
            "COPY --from=one --chown=7:8 /app .\n",
            "", "kaniko v1.24.0 does not change the owner of the symlinks"},
           {"RUN mkdir /new && ln -s x /new/l\n"
            "COPY --from=one --chown=7:8 /app /new\n",
            "", "kaniko v1.24.0 does not change the owner of the symlinks"},
           // No symlinks, root, no --chown.
           {"WORKDIR /work\nCOPY --from=one --chown=7:8 /dir/x ./\n", ""},
           {"WORKDIR /work\nCOPY --from=one --chown=0:0 /dir ./\n", ""},
           {"WORKDIR /work\nCOPY --from=one /dir ./\n", ""},
           {"COPY --from=one --chown=7:8 /dir /new\n", ""},
           {"COPY --from=one --chown=7:8 /app/src /new\n", ""},
           // No command is possible.
           {"USER app\nCOPY --from=one --chown=7:8 /app /new\n", "",
            "kaniko v1.24.0 does not change the owner of the symlinks"},
       }) {
    const std::string above =
        "FROM base AS one\nWORKDIR /app\nRUN npm ci && python -m venv /v\n"
        "FROM base\n";
    const auto outcome =
        testing::RewriteOver({&base}, absl::StrCat(above, item.lines));
    std::string run;
    const size_t at = outcome.text.rfind("\nRUN find ");
    if (at != std::string::npos && at > above.size()) {
      run = outcome.text.substr(at + 5);
      run.pop_back();
    }
    EXPECT_EQ(run, item.run) << outcome.text;
    EXPECT_EQ(absl::StrJoin(outcome.reports, "\n"), item.report) << item.lines;
  }
}

// Without --chown.
TEST(FromOwnerTest, LinksKeepTheirOwners) {
  struct Links {
    const char* first;   // lines of the first stage
    const char* second;  // of the second
    const char* run;     // sent in the second, "": none
    const char* report = "";
  };
  constexpr char kReport[] =
      "kaniko v1.24.0 makes root the owner of the symlinks in `/d`";
  constexpr char kMake[] = "RUN mkdir /d && ln -s a b /d && chown -R 1:2 /d\n";
  const BaseImage base = BaseWithTools();
  for (const Links& item : std::vector<Links>{
           {kMake, "COPY --from=one /d /new\n",
            "find /new -type l -exec chown -h 1:2 {} +"},
           {"RUN mkdir /d && ln -s a b /d && chown -R app:app /d\n",
            "COPY --from=one /d /new\n",
            "find /new -type l -exec chown -h 1000:1001 {} +"},
           // The users may be others.
           {"RUN useradd x && ln -s a b /d && chown -R app:app /d\n",
            "COPY --from=one /d /new\n", "", kReport},
           {"USER app\nRUN ln -s a b /d\n", "COPY --from=one /d /new\n", "",
            kReport},
           {kMake, "USER app\nCOPY --from=one /d /new\n", "", kReport},
           {kMake,
            "WORKDIR /new\nRUN ln -s x /new/l\nCOPY --from=one /d /new\n", "",
            kReport},
           // The source is not a folder with links.
           {kMake, "COPY --from=one /e /new\n", ""},
           {"RUN mkdir /d && ln -s a b /d\n", "COPY --from=one /d /new\n", ""},
       }) {
    const std::string above =
        absl::StrCat("FROM base AS one\n", item.first, "FROM base\n");
    const auto outcome =
        testing::RewriteOver({&base}, absl::StrCat(above, item.second));
    const size_t at = outcome.text.rfind("\nRUN find ");
    EXPECT_EQ(at == std::string::npos
                  ? ""
                  : outcome.text.substr(at + 5, outcome.text.size() - at - 6),
              item.run)
        << outcome.text;
    // A second one may be about the folder.
    EXPECT_EQ(outcome.reports.empty() ? "" : outcome.reports[0], item.report)
        << item.first << item.second;
  }
}

TEST(FromOwnerTest, ModeTimeSeesTheOwners) {
  const BaseImage base = BaseWithTools();
  testing::Over over = {&base};
  over.snapshot_mode = "time";
  EXPECT_THAT(
      testing::RewriteOver(over,
                           "FROM base AS one\nRUN mkdir /d && ln -s a b /d && "
                           "chown -R 1:2 /d\nFROM base\n"
                           "COPY --from=one /d /new\n")
          .text,
      ::testing::HasSubstr("RUN find /new -type l -exec chown -h 1:2 {} + && "
                           "{ sleep .02 || sleep 1; } && "
                           "find /new -type l -exec touch -h {} +\n"));
}

// WORKDIR is that of the stage that a stage starts from.
TEST(FromOwnerTest, StagesInheritTheirFolder) {
  const BaseImage base = BaseWithTools();
  EXPECT_THAT(testing::RewriteOver(
                  {&base},
                  "FROM base AS zero\nWORKDIR /app\nFROM zero AS one\n"
                  "RUN npm ci\nFROM zero\nUSER 0\n"
                  "COPY --from=one --chown=7:8 /app/node_modules /new\n")
                  .text,
              ::testing::HasSubstr("RUN find /new -type l"));
}

TEST(FromOwnerTest, CargoMakesHardLinks) {
  const BaseImage base = BaseWithTools();
  for (const auto& [source, reported] :
       std::vector<std::pair<const char*, bool>>{
           {"/app/target/release", true},
           {"/app", true},
           {"/app/target/release/app", false},
           {"/app/src", false},
       }) {
    const auto outcome = testing::RewriteOver(
        {&base}, absl::StrCat("FROM base AS one\nWORKDIR /app\n"
                              "RUN cargo build --release\nFROM base\n"
                              "COPY --from=one ",
                              source, " /x\n"));
    EXPECT_EQ(outcome.reports.size(), reported ? 1u : 0u) << source;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
