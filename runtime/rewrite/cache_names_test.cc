#include "runtime/rewrite/cache_names.h"

#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/rewrite/rewrite.h"
#include "runtime/rewrite/testing/listing.h"

namespace ovenbird::rewrite {
namespace {

std::string Sent(const std::string& text, const std::vector<std::string>& names,
                 bool cache = true) {
  const SourceFile file("Dockerfile", text);
  const context::Listing listing = MakeListing(names);
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  const dockerfile::Executor executor("gcr.io/kaniko-project/executor:v1.24.0");
  Request request;
  request.dockerfile = &dockerfile;
  for (const dockerfile::Stage& stage : dockerfile.stages) {
    request.stages.push_back(stage.index);
  }
  request.target = request.stages.back();
  request.listing = &listing;
  request.executor = &executor;
  request.snapshot_mode = "full";
  request.cache = cache;
  std::string sent = Rewrite(request, problems).text;
  EXPECT_EQ(problems.diagnostics().size(), 0u);
  return sent;
}

struct Case {
  const char* name;
  const char* lines;  // after FROM
  // "HASH" is the hash; "": unchanged.
  const char* sent;
};

class CacheNamesTest : public testing::TestWithParam<Case> {};

TEST_P(CacheNamesTest, Sends) {
  const std::string lines = absl::StrCat("FROM a AS one\n", GetParam().lines);
  const std::string sent =
      Sent(lines, {"a", "b", "d/", "d/e/", "d/f", "empty/"});
  const std::string expected =
      *GetParam().sent == '\0'
          ? lines
          : absl::StrCat("FROM a AS one\n", GetParam().sent);
  EXPECT_EQ(std::regex_replace(sent, std::regex("names-[0-9a-f]{12}"), "HASH"),
            expected);
}

const Case kCases[] = {
    {"Files", "COPY a b /x/\nRUN y\n", ""},
    {"Folder", "COPY d /x\nRUN y\n", "COPY HASH/../d /x\nRUN y\n"},
    {"Top", "ADD . /x\nRUN y\n", "ADD HASH/../. /x\nRUN y\n"},
    {"SlashInFront", "COPY /d /x\nRUN y\n", "COPY /HASH/../d /x\nRUN y\n"},
    {"Json", "COPY [\"d\", \"/x\"]\nRUN y\n",
     "COPY [\"HASH/../d\", \"/x\"]\nRUN y\n"},
    {"EmptyFolder", "COPY empty /x\nRUN y\n", ""},
    {"Wildcard", "COPY [ab] /x/\nRUN y\n", "COPY HASH/../[ab] /x/\nRUN y\n"},
    {"UnknownVariable", "COPY $DIR /x\nRUN y\n",
     "COPY HASH/../$DIR /x\nRUN y\n"},
    {"NothingAfterIt", "RUN y\nCOPY d /x\nENV A=b\n", ""},
    {"AStageAfterIt", "COPY d /x\nFROM one\n", "COPY HASH/../d /x\nFROM one\n"},
    {"ThroughAStage", "COPY d /x\nFROM b\nCOPY --from=one /x /y\nRUN z\n",
     "COPY d /x\nFROM b\nCOPY --from=one /HASH/../x /y\nRUN z\n"},
    {"ThroughAStageWithoutNames",
     "COPY a /x\nFROM b\nCOPY --from=one /x /y\nRUN z\n", ""},
};

INSTANTIATE_TEST_SUITE_P(All, CacheNamesTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(CacheNamesTest, TheSameNamesHaveTheSameHash) {
  const std::string text = "FROM a\nCOPY d /x\nRUN y\n";
  const std::string sent = Sent(text, {"d/", "d/f"});
  EXPECT_EQ(Sent(text, {"b", "d/", "d/f:0600"}), sent);
  EXPECT_NE(Sent(text, {"d/", "d/g"}), sent);
  EXPECT_NE(Sent(text, {"d/", "d/e/", "d/f"}), sent);
  EXPECT_EQ(Sent(text, {"d/", "d/f"}, /*cache=*/false), text);
}

}  // namespace
}  // namespace ovenbird::rewrite
