#include "runtime/rewrite/config.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using testing::RewriteOver;

// BuildKit sets them, most executors do not: without a node's architecture the
// values are unknown.
TEST(PlatformVariablesTest, ReportsThoseThatStayEmpty) {
  struct Case {
    const char* lines;
    std::vector<std::string> empty;
  };
  const std::vector<Case> cases = {
      {"ARG TARGETARCH\nCOPY a /x-$TARGETARCH\n", {"TARGETARCH"}},
      {"ARG TARGETOS\nARG TARGETPLATFORM\nRUN x\n",
       {"TARGETOS", "TARGETPLATFORM"}},
      {"ARG BUILDPLATFORM BUILDARCH\nRUN x\n", {"BUILDPLATFORM", "BUILDARCH"}},
      {"ARG TARGETARCH\nENV A=${TARGETARCH}\n", {"TARGETARCH"}},
      // Nothing gets the value.
      {"ARG TARGETARCH\nCOPY a /a\n", {}},
      {"RUN x\nARG TARGETARCH\n", {}},
      // Its own default comes first, in BuildKit as well.
      {"ARG TARGETARCH=arm64\n", {}},
      {"ARG TARGET\nARG ARCH\n", {}},
      // Most platforms have no variant.
      {"ARG TARGETVARIANT\nCOPY a /x-$TARGETVARIANT\n", {}},
      // Nothing has a value that no ARG declares.
      {"RUN echo $TARGETARCH\n", {}},
  };
  const struct {
    const char* executor;
    bool sets_them;
  } kExecutors[] = {
      {"gcr.io/kaniko-project/executor:v0.17.1", false},
      {"gcr.io/kaniko-project/executor:v1.24.0", false},
      {"cgr.dev/chainguard/kaniko:v1.25.6", false},
      {"ghcr.io/osscontainertools/kaniko:v1.28.3", true},
  };
  for (const auto& [executor, sets_them] : kExecutors) {
    for (const Case& c : cases) {
      std::vector<std::string> empty;
      for (const std::string& report :
           RewriteOver({.executor = executor},
                       absl::StrCat("FROM base\n", c.lines))
               .reports) {
        if (report.find(" empty") == std::string::npos) continue;
        const size_t begin = report.find('`') + 1;
        empty.push_back(report.substr(begin, report.find('`', begin) - begin));
      }
      EXPECT_EQ(empty, sets_them ? std::vector<std::string>() : c.empty)
          << executor << "\n"
          << c.lines;
    }
  }
}

// As BuildKit's: all have the system and the architecture, some a variant.
TEST(PlatformVariablesTest, AreThoseOfThePlatform) {
  const struct {
    const char* platform;
    const char* architecture;
    const char* variant;
  } kCases[] = {{"linux/amd64", "amd64", ""}, {"linux/arm/v7", "arm", "v7"}};
  for (const auto& [platform, architecture, variant] : kCases) {
    EXPECT_EQ(PlatformArgs("", platform),
              (dockerfile::BuildArgs{{"BUILDARCH", architecture},
                                     {"BUILDOS", "linux"},
                                     {"BUILDPLATFORM", platform},
                                     {"BUILDVARIANT", variant},
                                     {"TARGETARCH", architecture},
                                     {"TARGETOS", "linux"},
                                     {"TARGETPLATFORM", platform},
                                     {"TARGETVARIANT", variant}}));
  }
  const dockerfile::BuildArgs cross =
      PlatformArgs("linux/amd64", "linux/arm/v7");
  EXPECT_EQ(cross.at("BUILDPLATFORM"), "linux/amd64");
  EXPECT_EQ(cross.at("BUILDARCH"), "amd64");
  EXPECT_EQ(cross.at("BUILDVARIANT"), "");
  EXPECT_EQ(cross.at("TARGETPLATFORM"), "linux/arm/v7");
  // No executor runs on another system.
  EXPECT_EQ(
      PlatformArgs("", ""),
      (dockerfile::BuildArgs{{"BUILDOS", "linux"}, {"TARGETOS", "linux"}}));
}

TEST(KeywordTest, CmdAndEntrypointInCapitals) {
  for (const auto& [line, sent] :
       std::vector<std::pair<std::string, std::string>>{
           {"cmd [\"a\"]\n", "CMD [\"a\"]\n"},
           {"  Cmd a b\n", "  CMD a b\n"},
           {"entrypoint run me\n", "ENTRYPOINT run me\n"},
           {"CMD a\n", ""},
           {"  ENTRYPOINT a\n", ""},
           {"run a\n", ""},
       }) {
    const std::string text = "FROM base\n" + line;
    EXPECT_EQ(RewriteOver({}, text).text,
              sent.empty() ? text : "FROM base\n" + sent);
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
