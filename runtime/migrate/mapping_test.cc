#include "runtime/migrate/mapping.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/migrate/variables.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::migrate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Row kRows[] = {
    {"tags", How::kCopy, "tags"},
    {"args", How::kCopy, "@.options.buildArgs"},
    {"limits.cpu", How::kCopy, "@.resources.limits.cpu"},
    {"proxy", How::kCopy, "@.env.HTTP_PROXY"},
    {"noCache", How::kInverted, "@.cache"},
    {"dockerfile", How::kDockerfile, ""},
    {"kaniko", How::kCopy, "build.kaniko"},
    {"paths", How::kBelowContext, "build.custom.onChange"},
    {"fast", How::kFlag, "single-snapshot"},
    {"label", How::kFlagValue, "label"},
    {"ssh", How::kLost, "do without it"},
    {"ports", How::kNoBuild, ""},
    {"volumes", How::kNoBuild, ""},
    {"pull", How::kIgnore, ""},
};

struct Mapped {
  std::string json;
  std::vector<std::string> messages;
};

Mapped Map(const std::string& text, const char* builder = "build.kaniko") {
  const SourceFile file("a.yaml", text);
  yaml::Arena arena;
  diag::Collector sink;
  const yaml::Node* root = yaml::Parse(file, arena, sink);
  Variables variables(Syntax::kNone, sink);
  Mapper mapper(config::InfoOf(static_cast<const config::Image*>(nullptr)),
                variables, sink);
  mapper.builder = builder;
  mapper.Apply(*root, kRows);
  Mapped mapped{json::Write(mapper.Take()), {}};
  for (const diag::Diagnostic& problem : sink.diagnostics()) {
    mapped.messages.push_back(
        absl::StrCat(problem.rule->id, ": ", problem.message));
  }
  return mapped;
}

struct Case {
  const char* text;
  const char* becomes;
};

const Case kCases[] = {
    {"tags: v1", R"({"tags":["v1"]})"},
    {"tags: [v1, 2]", R"({"tags":["v1","2"]})"},
    {"args: {A: b, C: 1.50, D: yes, E: }",
     R"({"build":{"kaniko":{"options":{"buildArgs":)"
     R"({"A":"b","C":"1.5","D":"true","E":null}}}}})"},
    {"args: [A=b=c, D]",
     R"({"build":{"kaniko":{"options":{"buildArgs":{"A":"b=c","D":null}}}}})"},
    {"args: [{name: A, value: b}]",
     R"({"build":{"kaniko":{"options":{"buildArgs":{"A":"b"}}}}})"},
    {"limits: {cpu: 2}",
     R"({"build":{"kaniko":{"resources":{"limits":{"cpu":"2"}}}}})"},
    {"proxy: http://p",
     R"({"build":{"kaniko":{"env":{"HTTP_PROXY":"http://p"}}}})"},
    {"noCache: true", R"({"build":{"kaniko":{"cache":false}}})"},
    {"noCache: false", "{}"},
    {"dockerfile: a/../b.dockerfile", R"({"dockerfile":"b.dockerfile"})"},
    {"fast: true", R"({"build":{"kaniko":{"args":["--single-snapshot"]}}})"},
    {"fast: false", "{}"},
    {"label: {a: b, c: }",
     R"({"build":{"kaniko":{"args":["--label=a=b","--label=c="]}}})"},
    {"label: [a=b]", R"({"build":{"kaniko":{"args":["--label=a=b"]}}})"},
    {"pull: true", "{}"},
    {"paths: [src/**, ../a]",
     R"({"build":{"custom":{"onChange":["src/**","../a"]}}})"},
    // Objects for the same option are merged, at each depth.
    {"{args: {A: b}, kaniko: {options: {target: t, buildArgs: {C: d}}}}",
     R"({"build":{"kaniko":{"options":{"target":"t",)"
     R"("buildArgs":{"A":"b","C":"d"}}}}})"},
    // In the order of the schema.
    {"{args: {A: b}, tags: [v1]}",
     R"({"tags":["v1"],"build":{"kaniko":{"options":{"buildArgs":{"A":"b"}}}}})"},
};

TEST(Mapper, FollowsTheRows) {
  for (const Case& each : kCases) {
    const Mapped mapped = Map(each.text);
    EXPECT_EQ(mapped.json, each.becomes) << each.text;
    EXPECT_THAT(mapped.messages, IsEmpty()) << each.text;
  }
  EXPECT_EQ(Map("args: {A: b}", "build.docker").json,
            R"({"build":{"docker":{"options":{"buildArgs":{"A":"b"}}}}})");
}

TEST(Mapper, ReportsWhatIsLost) {
  EXPECT_THAT(Map("ssh: [default]").messages,
              ElementsAre("migrate-not-carried-over: `ssh` is not carried "
                          "over"));
  EXPECT_THAT(Map("new: 1").messages,
              ElementsAre("migrate-not-carried-over: `new` is not carried "
                          "over"));
  EXPECT_THAT(Map("limits: {gpu: 1}").messages,
              ElementsAre("migrate-not-carried-over: `limits.gpu` is not "
                          "carried over"));
  EXPECT_THAT(Map("{ports: [1], volumes: [a]}").messages,
              ElementsAre("migrate-not-about-builds: not carried over, because "
                          "Ovenbird only builds images: `ports`, `volumes`"));
  EXPECT_THAT(Map("args: [{name: A, valueFrom: {}}]").messages,
              ElementsAre("migrate-not-carried-over: `A` is not carried over"));
  // Another kind of value than the option has.
  EXPECT_THAT(Map("tags: [[a]]").messages,
              ElementsAre("migrate-not-carried-over: `tags` is not carried "
                          "over"));
}

TEST(Mapper, Images) {
  EXPECT_THAT(SplitImage("r.io:5000/a"), Pair("r.io:5000/a", ""));
  EXPECT_THAT(SplitImage("r.io:5000/a:v1"), Pair("r.io:5000/a", "v1"));
  EXPECT_THAT(SplitImage("a:v1@sha256:0"), Pair("a", "v1"));
  EXPECT_THAT(SplitImage("${R}/a:${T}"), Pair("${R}/a", "${T}"));
}

TEST(Mapper, Paths) {
  EXPECT_EQ(CleanPath("./a/../b/"), "b");
  EXPECT_EQ(CleanPath("."), ".");
  EXPECT_EQ(CleanPath(""), ".");
  EXPECT_EQ(BelowContext("./a", "../docker/Dockerfile"), "docker/Dockerfile");
  EXPECT_EQ(BelowContext(".", "Dockerfile"), "Dockerfile");
  EXPECT_EQ(BelowContext("a", "/abs/Dockerfile"), "/abs/Dockerfile");
}

}  // namespace
}  // namespace ovenbird::migrate
