#include "runtime/cli/verbs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/context_tag.h"
#include "runtime/cli/testing/verbs_fixture.h"
#include "runtime/cli/version.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::cli {
namespace {

using ::ovenbird::testing::NewFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct Case {
  const char* name;
  const char* config;
  std::vector<std::string> arguments;
  int code;
  const char* says = "";  // on standard error
};

class ExitCodesTest : public VerbsTest,
                      public ::testing::WithParamInterface<Case> {};

TEST_P(ExitCodesTest, Are) {
  const End end = RunWithConfig(GetParam().config, GetParam().arguments);
  EXPECT_EQ(end.code, GetParam().code) << end.err;
  EXPECT_THAT(end.err, HasSubstr(GetParam().says));
}

// The cluster of this test rejects every pod, and accepts a Secret.
TEST_F(VerbsTest, RenderVerify) {
  std::vector<std::string> targets;
  const net::testing::Server server(
      net::testing::EachRequest([&](const net::Request& request) {
        targets.push_back(absl::StrCat(request.method, " ", request.target));
        return net::Response{
            422, {}, R"({"kind":"Status","code":422,"reason":"Invalid",
            "message":"Pod is invalid","details":{"causes":[
            {"field":"spec.containers[0].resources.limits[turbo]",
             "message":"Invalid value: \"turbo\": no such resource"}]}})"};
      }));
  Write("kubeconfig",
        absl::StrCat("current-context: c\n"
                     "contexts: [{name: c, context: {cluster: c}}]\n"
                     "clusters: [{name: c, cluster: {server: \"http://",
                     server.url().HostPort(), "\"}}]\n"));
  setenv("KUBECONFIG", Path("kubeconfig").c_str(), 1);
  const End end = RunWithConfig(
      "images:\n  app:\n    image: r.io/app\n    build:\n      kaniko:\n"
      "        namespace: team\n"
      "        resources: {limits: {turbo: 1}}\n",
      {"render", "--verify"});
  EXPECT_EQ(end.code, 2) << end.err;
  EXPECT_THAT(end.out, HasSubstr("kind: Pod"));
  EXPECT_THAT(end.err, HasSubstr("devspace.yaml:7:30: error: the cluster "
                                 "rejects `resources.limits.turbo`: "));
  EXPECT_THAT(targets, ::testing::ElementsAre(
                           "POST /api/v1/namespaces/team/pods?dryRun=All"));
  setenv("KUBECONFIG", "/dev/null", 1);
  EXPECT_EQ(RunWithConfig(kGood, {"render", "--verify"}).code, 3);
  EXPECT_EQ(RunWithConfig(kGood, {"render", "--kube-context", "c"}).code, 2);
}

INSTANTIATE_TEST_SUITE_P(
    All, ExitCodesTest,
    ::testing::Values(
        Case{"ValidateGood", kGood, {"validate"}, 0, "2 images"},
        Case{"ValidateBad", "images: {app: {}}", {"validate"}, 2, "image"},
        Case{"ValidateNoYaml", "a: [", {"validate"}, 2, "yaml-syntax"},
        Case{"DockerfileIsAFolder",
             "images: {app: {image: r.io/app, dockerfile: ./}}",
             {"validate"},
             2,
             "this is a folder"},
        Case{"Render", kGood, {"render"}, 0},
        Case{"RenderUnknownImage",
             kGood,
             {"render", "wbe"},
             2,
             "unknown image `wbe`"},
        Case{"NoImages", "images: {}", {"build"}, 2, "no-images"},
        Case{"ValidateNoImages",
             "deployments: []",
             {"validate"},
             0,
             "valid, 0 images"},
        Case{"ValidateEmptyImages",
             "version: v1beta9\nimages: {}",
             {"validate"},
             2,
             ":2:1: error: config has no images to build"},
        Case{"ValidateAllDisabled",
             "images: {app: {image: a, build: {disabled: true}}}",
             {"validate"},
             2,
             "remove `disabled: true`"},
        Case{"NoImagesToList", "images: {}", {"images"}, 2, "no-images"},
        Case{"NoContext", "images: {}", {"context"}, 2, "no-images"},
        Case{"NoRights", "images: {}", {"rbac"}, 2, "no-images"},
        Case{"AllDisabled",
             "images: {app: {image: a, build: {disabled: true}}}",
             {"build"},
             2,
             "no-images"},
        Case{"BuildUnknownImage", kGood, {"build", "wbe"}, 2, "unknown-image"},
        Case{"OutputOfTwo",
             kGood,
             {"build", "--output", "x.tar"},
             2,
             "--output saves one image"},
        Case{"OutputOfTwoPlatforms",
             kPlatforms,
             {"build", "--engine", "local", "--output", "x.tar"},
             2,
             "--output saves the image of one platform"},
        Case{"PlatformOfCommand",
             "images: {app: {image: r.io/app, build: {custom: {command: x}}}}",
             {"render", "--platform", "linux/arm64"},
             2,
             "platforms-of-command"},
        Case{"NoPlatform",
             kGood,
             {"render", "--platform", "arm64"},
             2,
             "`arm64` is not a platform"},
        Case{"ResultInNoFolder",
             kGood,
             {"build", "--result", "no/such/result.json"},
             2,
             "folder `no/such` does not exist"},
        Case{"OutputInNoFolder",
             kGood,
             {"build", "api", "--output", "no/app.tar"},
             2,
             "folder `no` does not exist"},
        Case{"NoCluster", kGood, {"build", "--engine", "kubernetes"}, 3},
        Case{"NoSuchContext",
             kGood,
             {"build", "--kube-context", "nowhere"},
             3,
             "nowhere"},
        Case{"Rbac", kGood, {"rbac"}, 0},
        Case{"RbacUnknownImage", kGood, {"rbac", "wbe"}, 2, "unknown image"},
        Case{"RbacNoSuchContext",
             kGood,
             {"rbac", "--kube-context", "nowhere"},
             3,
             "nowhere"},
        Case{"RbacNoAccount",
             kGood,
             {"rbac", "--service-account", "a:b:c"},
             2,
             "`a:b:c` is not the name of a service account"},
        Case{"Images", kGood, {"images"}, 0},
        Case{
            "ImagesUnknownImage", kGood, {"images", "wbe"}, 2, "unknown image"},
        Case{"DoctorBadConfig", "images: {app: {}}", {"doctor"}, 2, "image"},
        Case{"DoctorUnknownImage", kGood, {"doctor", "wbe"}, 2, "unknown"},
        Case{"WarningsWithStrict",
             "images: {app: {image: a, tags: [1.50]}}",
             {"validate", "--strict"},
             2}),
    [](const ::testing::TestParamInfo<Case>& info) { return info.param.name; });

TEST_F(VerbsTest, NoConfig) {
  EXPECT_EQ(Run({"validate", "--config", Path("none.yaml")}).code, 2);
  const std::string before = std::filesystem::current_path();
  std::filesystem::create_directory(Path("empty"));
  std::filesystem::current_path(Path("empty"));
  const End empty = Run({"validate"});
  Write("empty/devspace.yml", kGood);
  const End near = Run({"validate"});
  std::filesystem::remove(Path("empty/devspace.yml"));
  std::filesystem::create_directory(Path("empty/devspace.yaml"));
  const End folder = Run({"validate"});
  std::filesystem::current_path(before);
  EXPECT_EQ(empty.code, 2);
  EXPECT_THAT(empty.err, HasSubstr("/empty or a folder above"));
  EXPECT_THAT(near.err, HasSubstr("`devspace.yml` is there"));
  EXPECT_THAT(folder.err, HasSubstr("it is a folder there"));
}

TEST_F(VerbsTest, AFolderMeansItsConfig) {
  Write("devspace.yaml", kGood);
  for (const char* verb : {"validate", "render"}) {
    const End end = Run({verb, "--config", folder_});
    EXPECT_EQ(end.code, 0) << end.err;
  }
}

// What they point at must still be there when they are shown.
TEST_F(VerbsTest, ConfigThatCantBeRead) {
  std::filesystem::create_directory(Path("none"));
  for (const std::string& path : {Path("missing.yaml"), Path("none")}) {
    const End end = Run({"validate", "--config", path});
    EXPECT_EQ(end.code, 2);
    EXPECT_THAT(end.err, HasSubstr(path));
    EXPECT_THAT(end.err, HasSubstr("[config-unreadable]"));
    // Such a file has no line.
    EXPECT_THAT(end.err, ::testing::Not(HasSubstr(":1:1")));
    // A code host gets a valid report, too.
    for (const char* verb : {"validate", "render"}) {
      const End sarif = Run({verb, "--config", path, "--diagnostics", "sarif"});
      EXPECT_TRUE(json::Parse(*verb == 'v' ? sarif.out : sarif.err).ok());
    }
  }
}

// Standard output is what a program reads: objects, not what is said of them.
TEST_F(VerbsTest, DiagnosticsNeverMixWithTheResult) {
  Write("Dockerfile", "FROM scratch\nADD https://x.io/a.git /a\n");
  const std::string config = "images: {app: {image: r.io/app, tags: [x]}}";
  const struct {
    const char* format;
    const char* says;
  } kFormats[] = {{"text", "[kaniko-git-source]"},
                  {"short", "[kaniko-git-source]"},
                  {"json", "\"kaniko-git-source\""},
                  {"sarif", "\"kaniko-git-source\""},
                  {"github", "title=kaniko-git-source"}};
  for (const auto& [format, says] : kFormats) {
    const End quiet = RunWithConfig(
        config, {"render", "-o", "json", "--diagnostics", format});
    EXPECT_EQ(quiet.code, 0) << quiet.err;
    EXPECT_TRUE(json::Parse(quiet.out).ok()) << format << quiet.out;
    EXPECT_THAT(quiet.err, HasSubstr(says));
    const End context = RunWithConfig(
        config, {"context", "-o", "json", "--diagnostics", format});
    EXPECT_TRUE(json::Parse(context.out).ok()) << format << context.out;
    EXPECT_THAT(context.err, HasSubstr(says));
  }
  // The diagnostics are the result of `validate`.
  const End validate =
      RunWithConfig(config, {"validate", "--diagnostics", "sarif"});
  EXPECT_TRUE(json::Parse(validate.out).ok()) << validate.out;
  // Code hosts read both streams.
  setenv("GITHUB_ACTIONS", "true", 1);
  const End render = RunWithConfig(config, {"render", "-o", "json"});
  unsetenv("GITHUB_ACTIONS");
  EXPECT_TRUE(json::Parse(render.out).ok()) << render.out;
  EXPECT_THAT(render.err, HasSubstr("::warning"));
}

TEST_F(VerbsTest, OutputThatCantBeWritten) {
  const int out = dup(STDOUT_FILENO);
  const int full = open("/dev/full", O_WRONLY);
  dup2(full, STDOUT_FILENO);
  char program[] = "ovenbird";
  char verb[] = "version";
  char* argv[] = {program, verb, nullptr};
  ::testing::internal::CaptureStderr();
  const int code = Main(2, argv, "");
  const std::string err = ::testing::internal::GetCapturedStderr();
  dup2(out, STDOUT_FILENO);
  std::cout.clear();
  close(full);
  close(out);
  EXPECT_EQ(code, 3);
  EXPECT_THAT(err, HasSubstr("cannot write to standard output"));
}

TEST_F(VerbsTest, CleanupWithoutAServer) {
  Write("kubeconfig", R"(
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {}}]
)");
  setenv("KUBECONFIG", Path("kubeconfig").c_str(), 1);
  const End end = Run({"cleanup", "--engine", "kubernetes"});
  EXPECT_EQ(end.code, 3);
  EXPECT_EQ(end.out, "");
  EXPECT_THAT(end.err, HasSubstr("connection refused"));
  // Said once, however many kinds of objects there are to look for.
  EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.err;
}

class CleanupContextsTest : public VerbsTest {
 protected:
  CleanupContextsTest() {
    setenv("OVENBIRD_CONTEXT_KEY", "team/app", 1);
    unsetenv("OVENBIRD_CONTEXT_REPO");
  }
  ~CleanupContextsTest() override { unsetenv("OVENBIRD_CONTEXT_KEY"); }

  static std::string Push(registry::testing::RealRegistry& registry,
                          const std::string& key) {
    const std::string tag =
        build::ContextTag({"me", "here", key}, "/src", {"app"});
    json::Value config;
    config.Set("User", key);
    registry.PushImage("contexts", tag, {}, config);
    return tag;
  }
};

TEST_F(CleanupContextsTest, ListsAndDeletes) {
  registry::testing::RealRegistry registry({.deletes = true});
  const std::string repository = registry.domain() + "/contexts";
  const std::string mine = Push(registry, "team/app");
  Push(registry, "team/web");
  setenv("OVENBIRD_CONTEXT_REPO", repository.c_str(), 1);
  End end = Run({"cleanup", "--contexts", "--dry-run"});
  unsetenv("OVENBIRD_CONTEXT_REPO");
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr("would be deleted: " + mine));
  EXPECT_THAT(end.out, HasSubstr(repository + ": 1 to delete, 0 in use"));
  end = Run({"cleanup", "--contexts", "--context-repo", repository});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr("deleted: " + mine));
  EXPECT_THAT(end.out, HasSubstr("a context of key `team/app`"));
  end = Run({"cleanup", "--contexts", "--context-repo", repository});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.out, repository + ": 0 deleted, 0 in use\n");
}

TEST_F(CleanupContextsTest, SaysWhatToSet) {
  registry::testing::RealRegistry registry;
  Push(registry, "team/app");
  End end = Run({"cleanup", "--contexts", "--context-repo",
                 registry.domain() + "/contexts"});
  EXPECT_EQ(end.code, 3);
  EXPECT_THAT(end.err, HasSubstr("REGISTRY_STORAGE_DELETE_ENABLED=true"));
  EXPECT_EQ(end.out, "");
  end = Run({"cleanup", "--contexts"});
  EXPECT_EQ(end.code, 3);
  EXPECT_THAT(end.err, HasSubstr("no context repository is set: give "
                                 "--context-repo"));
}

TEST_F(VerbsTest, Usage) {
  EXPECT_EQ(Run({"build", "--jobs", "2", "--sequential"}).code, 2);
  EXPECT_EQ(Run({"version"}).code, 0);
  EXPECT_EQ(Run({"explain", "unknown-field"}).code, 0);
  EXPECT_EQ(Run({"explain", "no-such-thing-at-all"}).code, 2);
}

TEST_F(VerbsTest, ExplainFindsOptionsByTheirEnd) {
  for (const char* one : {"cache", "kaniko", "kaniko.cache"}) {
    const End end = Run({"explain", one});
    EXPECT_EQ(end.code, 0) << end.err;
    EXPECT_THAT(end.out, ::testing::StartsWith("images.*.build.kaniko"));
  }
  const End network = Run({"explain", "network"});
  EXPECT_EQ(network.code, 0);
  EXPECT_THAT(network.out,
              AllOf(HasSubstr("2 options called `network`"),
                    HasSubstr("\n  images.*.build.docker.options.network\n"),
                    HasSubstr("\n  images.*.build.kaniko.options.network\n")));
  const End word = Run({"explain", "snapshot"});
  EXPECT_EQ(word.code, 0);
  EXPECT_THAT(word.out, HasSubstr("images.*.build.kaniko.snapshotMode"));
  const End typo = Run({"explain", "snapshotMod"});
  EXPECT_THAT(typo.out, HasSubstr("images.*.build.kaniko.snapshotMode"));
  const End none = Run({"explain", "xyzzy"});
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.err, "ovenbird: no option or message is about `xyzzy`\n");
}

TEST_F(VerbsTest, ExplainTellsAnEntryFromTheWhole) {
  EXPECT_THAT(Run({"explain", "images"}).out,
              HasSubstr("images (map of string to object)\n"));
  for (const char* entry : {"images.*", "images.app", "hooks[0]"}) {
    const End end = Run({"explain", entry});
    EXPECT_EQ(end.code, 0);
    EXPECT_THAT(end.out,
                ::testing::StartsWith(absl::StrCat(entry, ": one entry of `")));
    EXPECT_THAT(end.out,
                AllOf(HasSubstr("\nFields:\n"), Not(HasSubstr("\nExample:"))));
  }
}

TEST_F(VerbsTest, AnErrorEndsWithTheCommandThatExplainsIt) {
  const End one = RunWithConfig("images: {app: {}}", {"validate"});
  EXPECT_THAT(one.err, HasSubstr("1 error\nfor more about this error, run "
                                 "`ovenbird explain missing-field`\n"));
  const End two = RunWithConfig("images: {app: {}}\nx: 1\n", {"render"});
  EXPECT_THAT(two.err, HasSubstr("run `ovenbird explain ID`, for instance "
                                 "`ovenbird explain missing-field`\n"));
  const End brief = RunWithConfig("images: {app: {}}",
                                  {"validate", "--diagnostics", "short"});
  EXPECT_THAT(brief.err, Not(HasSubstr("ovenbird explain")));
  const End warning =
      RunWithConfig("images: {app: {image: nginx}}", {"validate"});
  EXPECT_THAT(warning.err, Not(HasSubstr("for more about")));
}

TEST_F(VerbsTest, VersionSaysThatItIsNotStamped) {
  const End text = Run({"version"});
  EXPECT_THAT(text.out, HasSubstr(absl::StrCat("ovenbird ", kVersion, "\n")));
  EXPECT_THAT(text.out, HasSubstr("commit: unknown, because only the release "
                                  "target is stamped\n"));
  const absl::StatusOr<json::Value> parsed =
      json::Parse(Run({"version", "--output", "json"}).out);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*(*parsed)["version"].as_string(), kVersion);
  EXPECT_NE((*parsed)["buildMode"].as_string(), nullptr);
  EXPECT_TRUE((*parsed)["commit"].is_null());
  SetStamp({"0123abc", true});
  EXPECT_THAT(Run({"version"}).out,
              HasSubstr("commit: 0123abc, with changes\n"));
  const json::Value stamped =
      json::Parse(Run({"version", "-o", "json"}).out).value_or(json::Value());
  SetStamp({});
  EXPECT_EQ(*stamped["commit"].as_string(), "0123abc");
  EXPECT_TRUE(*stamped["modified"].as_bool());
}

// A Tab must not run what the config says.
TEST_F(VerbsTest, CompletionReadsTheConfigOnly) {
  Write("devspace.yaml",
        absl::StrCat("vars:\n- {name: A, command: touch, args: ['", Path("ran"),
                     "']}\nprofiles: [{name: prod}]\n", kGood));
  const std::string config = Path("devspace.yaml");
  EXPECT_EQ(Run({"__complete", "build", "--config", config, ""}).out,
            "app\timage\nweb\timage\n");
  EXPECT_EQ(Run({"__complete", "build", "--config", config, "-p", ""}).out,
            "prod\tprofile\n");
  EXPECT_EQ(Run({"__complete", "build", "--config", config, "--var", ""}).out,
            "A=\t\n:nospace\n");
  EXPECT_EQ(Run({"__complete", "build", "--config", ""}).out, ":files\n");
  EXPECT_FALSE(std::filesystem::exists(Path("ran")));
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_THAT(Run({"completion", shell}).out, HasSubstr("__complete"));
  }
  EXPECT_THAT(Run({"man"}).out, ::testing::StartsWith(".TH OVENBIRD 1"));
}

TEST_F(VerbsTest, QuietAndResultOnStandardOutput) {
  const std::string config =
      "images: {app: {image: r.io/app, build: {custom: {command: 'true'}}}}";
  const std::vector<std::string> build = {"build", "-t", "x", "-t", "y"};
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), build.begin(), build.end());
    return RunWithConfig(config, more);
  };
  const End quiet = run({"--quiet"});
  EXPECT_EQ(quiet.code, 0) << quiet.err;
  EXPECT_EQ(quiet.out, "r.io/app:x\nr.io/app:y\n");
  EXPECT_EQ(quiet.err, "");
  const End loud = run({});
  EXPECT_THAT(loud.out,
              AllOf(HasSubstr("r.io/app:x ("), HasSubstr("\nr.io/app:y (")));
  EXPECT_THAT(loud.err, HasSubstr("running true"));
  const End both = run({"--result", "-"});
  EXPECT_TRUE(json::Parse(both.out).ok()) << both.out;
  EXPECT_THAT(both.err, HasSubstr("r.io/app:x ("));
  EXPECT_FALSE(std::filesystem::exists("-"));
}

TEST_F(VerbsTest, FlagsOfDockerWork) {
  Write("Dockerfile",
        "FROM scratch AS a\nARG X\nCOPY devspace.yaml /\nFROM scratch\n");
  const std::string config =
      "images: {app: {image: r.io/app, build: {kaniko: {options: {buildArgs: "
      "{X: '1'}}}}}}";
  EXPECT_THAT(RunWithConfig(config, {"render"}).out,
              AllOf(HasSubstr("- X=1\n"), HasSubstr("--cache=true")));
  const End end = RunWithConfig(
      config, {"render", "--build-arg", "X=2", "--target", "a", "--no-cache"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.out, AllOf(HasSubstr("- X=2\n"), HasSubstr("--target=a"),
                             Not(HasSubstr("--cache=true"))));
  const End wrong = RunWithConfig(config, {"render", "--target", "b"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("no stage `b`"));
}

TEST_F(VerbsTest, SchemaIsTheOneThatEditorsUse) {
  const absl::StatusOr<std::string> file =
      ReadFile("schema/config.schema.json");
  ASSERT_TRUE(file.ok()) << file.status();
  const End printed = Run({"schema"});
  EXPECT_EQ(printed.code, 0);
  EXPECT_EQ(printed.err, "");
  // Not EXPECT_EQ: it would print both.
  EXPECT_TRUE(printed.out == *file);
  EXPECT_TRUE(Run({"schema", "--output", "-"}).out == *file);

  const End written = Run({"schema", "--output", Path("devspace.schema.json")});
  EXPECT_EQ(written.code, 0);
  EXPECT_EQ(written.out, "");
  EXPECT_TRUE(*ReadFile(Path("devspace.schema.json")) == *file);
  const End end = Run({"schema", "--output", Path("no/such/folder")});
  EXPECT_EQ(end.code, 3);
  EXPECT_THAT(end.err, HasSubstr("no/such/folder"));
}

TEST_F(VerbsTest, SchemasOfWhatProgramsRead) {
  for (const std::string kind : {"config", "result", "event"}) {
    const absl::StatusOr<std::string> file =
        ReadFile("schema/" + kind + ".schema.json");
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_TRUE(Run({"schema", kind}).out == *file) << kind;
  }
  const End wrong = Run({"schema", "results"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean `result`?"));
}

// The reference says what happens to a flag that is set twice: it is passed on
// after Ovenbird's own, with a warning.
TEST_F(VerbsTest, FlagsThatOvenbirdSetsAreWhatTheReferenceSays) {
  const End explained = Run({"explain", "images.*.build.kaniko.args"});
  EXPECT_EQ(explained.code, 0);
  for (const char* flag : {"--destination", "--context", "--dockerfile"}) {
    EXPECT_THAT(explained.out, HasSubstr(absl::StrCat("`", flag, "`")));
    const std::string config = absl::StrCat(
        "images: {app: {image: r.io/app, tags: [x], build: {kaniko: {args: [",
        flag, "=own]}}}}");
    const End end = RunWithConfig(config, {"render"});
    EXPECT_EQ(end.code, 0) << end.err;
    EXPECT_THAT(end.err, HasSubstr("[kaniko-flag-conflict]")) << flag;
    const size_t ours = end.out.find(absl::StrCat(flag, "="));
    const size_t own = end.out.find(absl::StrCat(flag, "=own"));
    EXPECT_LT(ours, own) << end.out;
    EXPECT_NE(own, std::string::npos) << end.out;
  }
  EXPECT_THAT(explained.out, HasSubstr("is passed on with a warning"));
}

// Hooks that fail end the run before the cluster is looked for; the result
// tells a program so.
TEST_F(VerbsTest, AFailingHookBeforeTheImages) {
  const std::string hook = R"(
hooks:
- {command: sh, args: [-c, "echo its output; exit 4"], when: {before: {images: all}}}
)";
  const End end = RunWithConfig(
      absl::StrCat(hook, kGood),
      {"build", "--engine", "kubernetes", "--result", Path("result.json")});
  EXPECT_EQ(end.code, 1);
  EXPECT_THAT(end.err, HasSubstr("its output"));
  EXPECT_THAT(end.err, HasSubstr("exit code 4"));
  absl::StatusOr<std::string> text = ReadFile(Path("result.json"));
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT((*json::Parse(*text)).Get({"failure", "what"}).string_or(),
              HasSubstr("exit code 4"));
}

TEST_F(VerbsTest, TheResultGoesWhereALinkLeads) {
  const std::string hook =
      "hooks:\n- {command: 'false', when: {before: {images: all}}}\n";
  std::filesystem::create_symlink("real.json", Path("link.json"));
  std::filesystem::create_symlink("/dev/null", Path("null"));
  for (const char* name : {"link.json", "null"}) {
    EXPECT_EQ(RunWithConfig(
                  absl::StrCat(hook, kGood),
                  {"build", "--engine", "kubernetes", "--result", Path(name)})
                  .code,
              1);
    EXPECT_TRUE(std::filesystem::is_symlink(Path(name))) << name;
  }
  EXPECT_TRUE(std::filesystem::is_regular_file(Path("real.json")));
  EXPECT_TRUE(std::filesystem::is_character_file(Path("null")));
}

// A mistake in the config is told before anything is run; render runs nothing.
TEST_F(VerbsTest, HooksAreNotRunInVain) {
  const std::string hook =
      absl::StrCat("hooks:\n- {command: touch, args: ['", Path("ran"),
                   "'], when: {before: {images: all}}}\n");
  EXPECT_EQ(RunWithConfig(absl::StrCat(hook, kGood), {"build", "wbe"}).code, 2);
  EXPECT_EQ(
      RunWithConfig(absl::StrCat(hook, "images: {app: {}}\n"), {"build"}).code,
      2);
  EXPECT_EQ(RunWithConfig(absl::StrCat(hook, kGood), {"render"}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(Path("ran")));
}

// They run before a cluster is looked for, as in DevSpace 4.11, because one may
// make it; without one, the user knows before they have run for minutes.
TEST_F(VerbsTest, HooksOfAUserWithoutACluster) {
  const std::string hook = absl::StrCat("hooks:\n- {command: touch, args: ['",
                                        Path("ran"), "'], when: {before: ");
  const auto build = [&](const std::string& when) {
    std::filesystem::remove(Path("ran"));
    return RunWithConfig(absl::StrCat(hook, when, "}}\n", kGood),
                         {"build", "--engine", "kubernetes"});
  };
  const End all = build("{images: all}");
  EXPECT_EQ(all.code, 3) << all.err;
  EXPECT_TRUE(std::filesystem::exists(Path("ran")));
  const size_t note =
      all.err.find("; the hooks run first, and may change that");
  EXPECT_LT(note, all.err.find("hook: touch")) << all.err;
  const End other = build("{images: other}");
  EXPECT_THAT(other.err, Not(HasSubstr("the hooks run first")));
  EXPECT_FALSE(std::filesystem::exists(Path("ran")));
}

// What a hook writes is part of the plan.
TEST_F(VerbsTest, AHookMayWriteTheDockerfile) {
  std::filesystem::remove(Path("Dockerfile"));
  const std::string hook =
      "hooks:\n- {command: sh, args: [-c, 'echo FROM scratch > Dockerfile'], "
      "when: {before: {images: app}}}\n";
  const End end = RunWithConfig(absl::StrCat(hook, kGood),
                                {"build", "app", "--engine", "kubernetes"});
  EXPECT_EQ(end.code, 3) << end.err;  // as far as the cluster
  EXPECT_THAT(end.err, Not(HasSubstr("missing-dockerfile")));
  EXPECT_TRUE(std::filesystem::exists(Path("Dockerfile")));
}

TEST_F(VerbsTest, RenderShowsTheDockerfileThatIsSent) {
  const std::string written =
      "FROM scratch AS unused\nFROM scratch\nCOPY devspace.yaml /\n"
      "EXPOSE 80/TCP\n";
  Write("Dockerfile", written);
  const std::string config =
      "images: {app: {image: r.io/app, entrypoint: [/x]}}";
  EXPECT_EQ(RunWithConfig(config, {"render", "--dockerfile"}).out,
            "# ovenbird: the target does not need this stage\n"
            "FROM scratch\nCOPY devspace.yaml /\n"
            "# ovenbird: the executor keeps ranges and rejects protocols in "
            "upper case\n"
            "EXPOSE 80/tcp\n\n\nENTRYPOINT [\"/x\"]\n");
  EXPECT_EQ(
      RunWithConfig(config, {"render", "--dockerfile", "--no-rewrite"}).out,
      written + "\n\nENTRYPOINT [\"/x\"]\n");
}

// More than is kept in memory, in the config's order.
TEST_F(VerbsTest, RenderOfManyImages) {
  constexpr int kImages = 800;
  std::string config = "images:\n";
  std::vector<std::string> wanted;
  for (int i = 0; i < kImages; ++i) {
    absl::StrAppend(&config, "  app-", i, ": {image: r.io/app-", i, "}\n");
    wanted.push_back(absl::StrCat("ovenbird.dev/image-key: app-", i));
  }
  const End end = RunWithConfig(config, {"render"});
  EXPECT_EQ(end.code, 0);
  EXPECT_GT(end.out.size(), 1u << 20);
  std::vector<std::string> keys;
  for (absl::string_view line : absl::StrSplit(end.out, '\n')) {
    line = absl::StripLeadingAsciiWhitespace(line);
    if (absl::StartsWith(line, "ovenbird.dev/image-key: ")) {
      keys.emplace_back(line);
    }
  }
  EXPECT_EQ(keys, wanted);
  EXPECT_EQ(RunWithConfig(config, {"render", "--show-secrets"}).out, end.out);
}

TEST_F(VerbsTest, RenderPrintsNothingIfALaterImageHasErrors) {
  Write("wrong", "FROM scratch\nCOPYY a b\n");
  for (const char* format : {"yaml", "json"}) {
    const End end = RunWithConfig(
        "images: {a: {image: r.io/a}, b: {image: r.io/b, dockerfile: wrong}}",
        {"render", "-o", format});
    EXPECT_EQ(end.code, 2);
    EXPECT_EQ(end.out, "");
    EXPECT_THAT(end.err, HasSubstr("COPYY"));
  }
}

TEST_F(VerbsTest, EachPlatformHasAPod) {
  const End end = RunWithConfig(kPlatforms, {"render"});
  EXPECT_EQ(end.code, 0) << end.err;
  for (const char* architecture : {"amd64", "arm64"}) {
    EXPECT_THAT(
        end.out,
        AllOf(HasSubstr(absl::StrCat("--custom-platform=linux/", architecture)),
              HasSubstr(absl::StrCat("--destination=r.io/app:v1-linux-",
                                     architecture))));
  }
  EXPECT_THAT(end.out, Not(HasSubstr("kubernetes.io/arch")));

  Write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\nRUN x\n");
  const End with_run = RunWithConfig(kPlatforms, {"render"});
  EXPECT_THAT(with_run.out, AllOf(HasSubstr("kubernetes.io/arch: amd64"),
                                  HasSubstr("kubernetes.io/arch: arm64")));

  const End one =
      RunWithConfig(kPlatforms, {"render", "--platform", "linux/arm64"});
  EXPECT_THAT(one.out, HasSubstr("--destination=r.io/app:v1\n"));
}

// No server has this address, and in a pod it is another machine.
constexpr char kNowhere[] = R"(
images:
  app:
    image: 127.0.0.1:1/app
    build: {kaniko: {image: "ghcr.io/osscontainertools/kaniko:v1.28.3"}}
)";

TEST_F(VerbsTest, DoctorGoesOnWithoutACluster) {
  const std::vector<std::string> arguments = {"doctor", "--engine",
                                              "kubernetes"};
  const End text = RunWithConfig(kNowhere, arguments);
  EXPECT_EQ(text.code, 3) << text.err;
  EXPECT_EQ(text.err, "");
  EXPECT_THAT(text.out, HasSubstr("error    kubeconfig: no Kubernetes cluster "
                                  "is configured"));
  EXPECT_THAT(text.out, HasSubstr("\nwarning  push to 127.0.0.1:1/app "));
  EXPECT_THAT(text.out, HasSubstr("\nok       executor of app: "));
  EXPECT_THAT(text.out, HasSubstr("\n1 error, 1 warning\n"));

  std::vector<std::string> as_json = arguments;
  as_json.insert(as_json.end(), {"-o", "json"});
  const End json = RunWithConfig(kNowhere, as_json);
  EXPECT_EQ(json.code, 3);
  const absl::StatusOr<json::Value> report = json::Parse(json.out);
  ASSERT_TRUE(report.ok()) << json.out;
  EXPECT_EQ((*report)["errors"].int_or(), 1);
}

TEST_F(VerbsTest, DoctorReportsABrokenCredentialHelper) {
  std::filesystem::create_directory(Path(".docker"));
  Write(".docker/config.json", R"({"credHelpers":{"127.0.0.1:1":"absent"}})");
  const End end = RunWithConfig(kNowhere, {"doctor", "--engine", "kubernetes"});
  EXPECT_EQ(end.code, 3);
  EXPECT_THAT(end.out, HasSubstr("error    plan of the builds: "));
  EXPECT_THAT(end.out, HasSubstr("docker-credential-absent"));
}

}  // namespace
}  // namespace ovenbird::cli
