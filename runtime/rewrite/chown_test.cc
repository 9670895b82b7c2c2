#include "runtime/rewrite/chown.h"

#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/rewrite/rewrite.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* run;
  const char* chown;
  const char* sent;
};

TEST(ChownTest, Sends) {
  for (const Case& item : std::vector<Case>{
           {"x", "app", "app"},
           {"x", "1000", "1000"},
           {"x", ":staff", "0:staff"},
           {"useradd -g users -m app", "app", "app:users"},
           {"useradd --gid=100 app", "app", "app:100"},
           {"useradd -g users app", "app:staff", "app:staff"},
           {"useradd -g users app", "other", "other"},
           {"useradd -G docker app", "app", "app"},
           {"addgroup -S web && adduser -S -G web app", "app", "app:web"},
           {"adduser --system --ingroup web app", "app", "app:web"},
           {"useradd -g $GROUP app", "app", "app"},
       }) {
    const SourceFile file(
        "Dockerfile", absl::StrCat("FROM b\nRUN ", item.run,
                                   "\nCOPY --chown=", item.chown, " a /x\n"));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    const dockerfile::Executor executor(
        "gcr.io/kaniko-project/executor:v1.24.0");
    Request request;
    request.dockerfile = &dockerfile;
    request.stages = {0};
    request.executor = &executor;
    request.snapshot_mode = "full";
    EXPECT_EQ(Rewrite(request, problems).text,
              absl::StrCat("FROM b\nRUN ", item.run,
                           "\nCOPY --chown=", item.sent, " a /x\n"));
  }
}

// An image that has files, but no users; BuildKit fails in one without files.
TEST(ChownTest, NamesInScratch) {
  for (const auto& [before, chown, sent] :
       std::vector<std::tuple<const char*, const char*, const char*>>{
           {"COPY b /b\n", "app", "0:0"},
           {"COPY b /b\n", "app:staff", "0:0"},
           {"COPY b /b\n", "7:staff", "7:7"},
           {"COPY b /b\n", "7:8", "7:8"},
           {"WORKDIR /w\n", "app", "0:0"},
           {"COPY b /etc/\n", "app", "app"},
           {"COPY b /\n", "app", "app"},
           {"ADD http://h/b /b/\n", "app", "0:0"},
           {"", "app", "app"},
       }) {
    const std::string start = absl::StrCat("FROM scratch\n", before);
    const std::string text =
        absl::StrCat(start, "COPY --chown=", chown, " a /x\n");
    EXPECT_EQ(testing::RewriteOver({}, text).text,
              absl::StrCat(start, "COPY --chown=", sent, " a /x\n"));
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
