#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/cli/testing/verbs_fixture.h"

namespace ovenbird::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// The objects of `kind` in the output of `rbac`: "NAME in NAMESPACE".
std::vector<std::string> ObjectsOf(const std::string& out,
                                   const std::string& kind) {
  std::vector<std::string> found;
  for (absl::string_view object : absl::StrSplit(out, "---\n")) {
    if (!absl::StrContains(object, absl::StrCat("\nkind: ", kind, "\n"))) {
      continue;
    }
    absl::string_view name, name_space;
    for (absl::string_view line : absl::StrSplit(object, '\n')) {
      if (name.empty() && absl::ConsumePrefix(&line, "  name: ")) {
        name = line;
      } else if (name_space.empty() &&
                 absl::ConsumePrefix(&line, "  namespace: ")) {
        name_space = line;
      }
    }
    found.push_back(absl::StrCat(name, " in ", name_space));
  }
  return found;
}

TEST_F(VerbsTest, RbacPrintsARoleForEachNamespace) {
  const std::string config = R"(
images:
  app: {image: r.io/app, build: {kaniko: {namespace: team-a}}}
  web:
    image: r.io/web
    build: {kaniko: {namespace: team-b, pullSecret: login}}
  api: {image: r.io/api}
  own: {image: r.io/own, build: {custom: {command: make}}}
)";
  const End all = RunWithConfig(config, {"rbac"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(ObjectsOf(all.out, "Role"),
              ElementsAre("ovenbird in default", "ovenbird in team-a",
                          "ovenbird in team-b"));
  EXPECT_THAT(ObjectsOf(all.out, "RoleBinding"), SizeIs(3));
  EXPECT_THAT(ObjectsOf(all.out, "ClusterRole"), IsEmpty());
  EXPECT_THAT(all.out, Not(HasSubstr("Builds of own")));

  const End one = RunWithConfig(config, {"rbac", "web"});
  EXPECT_THAT(ObjectsOf(one.out, "Role"), ElementsAre("ovenbird in team-b"));
  EXPECT_THAT(one.out, HasSubstr("  resourceNames: [\"login\"]\n"));
  EXPECT_THAT(one.out, Not(HasSubstr("  - patch\n")));

  const End elsewhere = RunWithConfig(
      config,
      {"rbac", "app", "-n", "other", "--service-account", "runners:ci"});
  EXPECT_THAT(ObjectsOf(elsewhere.out, "Role"),
              ElementsAre("ovenbird-ci in other"));
  EXPECT_THAT(elsewhere.out, HasSubstr("\n- kind: ServiceAccount\n  name: ci\n"
                                       "  namespace: runners\n"));

  const End none = RunWithConfig(config, {"rbac", "own"});
  EXPECT_EQ(none.code, 0) << none.err;
  EXPECT_EQ(none.out, "# No image is built in the cluster.\n");
}

TEST_F(VerbsTest, RbacTakesTheNamespaceOfTheContext) {
  Write("kubeconfig", R"(
current-context: c
contexts: [{name: c, context: {cluster: c, user: u, namespace: mine}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {}}]
)");
  setenv("KUBECONFIG", Path("kubeconfig").c_str(), 1);
  EXPECT_THAT(ObjectsOf(RunWithConfig(kGood, {"rbac"}).out, "Role"),
              ElementsAre("ovenbird in mine"));
}

// The credentials of this machine are not those of the one that builds.
TEST_F(VerbsTest, RbacIsTheSameWithAndWithoutCredentials) {
  const std::string without = RunWithConfig(kGood, {"rbac"}).out;
  std::filesystem::create_directory(Path(".docker"));
  Write(".docker/config.json", R"({"auths":{"r.io":{"auth":"YTpi"}}})");
  EXPECT_EQ(RunWithConfig(kGood, {"rbac"}).out, without);
  EXPECT_THAT(without, HasSubstr("  - patch\n"));
}

TEST_F(VerbsTest, RbacListsNodesForPlatforms) {
  // Any node builds it.
  EXPECT_THAT(ObjectsOf(RunWithConfig(kPlatforms, {"rbac"}).out, "ClusterRole"),
              IsEmpty());
  Write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\nRUN x\n");
  EXPECT_THAT(ObjectsOf(RunWithConfig(kPlatforms, {"rbac"}).out, "ClusterRole"),
              ElementsAre("ovenbird-nodes in "));
  EXPECT_THAT(
      ObjectsOf(
          RunWithConfig(kPlatforms, {"rbac", "--schedule-timeout", "10m"}).out,
          "ClusterRole"),
      IsEmpty());
  // `build` asks the nodes for their platform.
  EXPECT_THAT(ObjectsOf(RunWithConfig(kGood, {"rbac"}).out, "ClusterRole"),
              IsEmpty());
  Write("Dockerfile", "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH/* /\n");
  EXPECT_THAT(ObjectsOf(RunWithConfig(kGood, {"rbac"}).out, "ClusterRole"),
              SizeIs(1));
}

TEST_F(VerbsTest, ImagesListsWhatBuildsPull) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  Write("Dockerfile",
        absl::StrCat("ARG VERSION=3\nFROM alpine:$VERSION AS build\n"
                     "FROM unused:1 AS unused\nFROM a.io/b@",
                     digest,
                     "\nCOPY --from=build /etc/a /\n"
                     "COPY --from=r.io/web:v1 /etc/b /\n"));
  const std::string config = R"(
images:
  app: {image: r.io/app, build: {kaniko: {image: "r.io/kaniko:v1.24.0"}}}
  web: {image: r.io/web, tags: [v1], dockerfile: Dockerfile.web}
  own: {image: r.io/own, build: {custom: {command: make}}}
)";
  Write("Dockerfile.web", "FROM alpine:3\n");
  const End text = RunWithConfig(config, {"images"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.err, HasSubstr("image `own`: the command of"));
  std::vector<std::string> lines = absl::StrSplit(text.out, '\n');
  for (std::string& line : lines) {
    line.erase(std::unique(line.begin(), line.end(),
                           [](char a, char b) { return a == ' ' && b == ' '; }),
               line.end());
  }
  EXPECT_THAT(
      lines,
      ElementsAre("IMAGE DIGEST USED AS",
                  "r.io/kaniko:v1.24.0 no executor of app",
                  "gcr.io/kaniko-project/executor:v0.17.1 no executor of web",
                  "docker.io/library/alpine:3.20.3 no init image of app, web",
                  "docker.io/library/alpine:3 no base image of app, web",
                  absl::StrCat("a.io/b@", digest, " yes base image of app"),
                  "r.io/web:v1 no copied from of app; built by web", ""));

  const End json = RunWithConfig(config, {"images", "web", "-o", "json"});
  const absl::StatusOr<json::Value> value = json::Parse(json.out);
  ASSERT_TRUE(value.ok()) << json.out;
  ASSERT_THAT((*value)["images"].items(), SizeIs(3));
  const json::Value& base = (*value)["images"][2];
  EXPECT_EQ(base["name"].string_or(), "docker.io/library/alpine:3");
  EXPECT_EQ(base["repository"].string_or(), "docker.io/library/alpine");
  EXPECT_EQ(base["tag"].string_or(), "3");
  EXPECT_TRUE(base["digest"].is_null());
  EXPECT_EQ(base["usedAs"][0]["what"].string_or(), "base image");
  EXPECT_EQ(base["usedAs"][0]["image"].string_or(), "web");
}

}  // namespace
}  // namespace ovenbird::cli
