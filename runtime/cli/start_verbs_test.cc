// init, migrate and logs: the verbs of the first day.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/build/owner.h"
#include "runtime/cli/log_reader.h"
#include "runtime/cli/testing/verbs_fixture.h"
#include "runtime/kube/testing/object_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::cli {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPlain[] = "FROM busybox:1.36\n";
constexpr char kCompose[] =
    "services:\n"
    "  web:\n"
    "    image: r.io/team/web:v1\n"
    "    build: .\n"
    "    ports: [\"80:80\"]\n";

class StartTest : public VerbsTest {
 protected:
  StartTest() {
    fs::create_directories(Path("project"));
    fs::current_path(Path("project"));
    Write("project/Dockerfile", kPlain);
  }
  std::string Text(const std::string& name) {
    return ReadFile(Path(name)).value_or("");
  }
};

TEST_F(StartTest, InitWritesAValidConfigAndSaysWhatIsNext) {
  const End end = Run({"init", "--registry", "r.io/team"});
  EXPECT_EQ(end.code, 0);
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_EQ(end.err,
            "devspace.yaml: written, 1 image\n"
            "next:\n"
            "  ovenbird validate   # checks the config and the Dockerfiles\n"
            "  ovenbird doctor     # checks the cluster and the registry\n"
            "  ovenbird build      # builds and pushes the images\n");
  EXPECT_THAT(Text("project/devspace.yaml"),
              HasSubstr("image: r.io/team/project\n"));
  const End valid = Run({"validate", "--strict"});
  EXPECT_EQ(valid.code, 0);
  EXPECT_EQ(valid.err, "devspace.yaml: valid, 1 image\n");
}

TEST_F(StartTest, InitReplacesNothing) {
  Write("project/devspace.yaml", "version: v2beta1\n");
  const End end = Run({"init"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, StartsWith("ovenbird: `devspace.yaml` exists: "));
  EXPECT_THAT(end.err, HasSubstr("ovenbird migrate devspace.yaml"));
  EXPECT_EQ(Text("project/devspace.yaml"), "version: v2beta1\n");
  EXPECT_EQ(Run({"init", "--force"}).code, 0);
  EXPECT_THAT(Text("project/devspace.yaml"), HasSubstr("images:"));
}

// A cloned repository may have the link.
TEST_F(StartTest, InitFollowsNoLink) {
  fs::create_symlink("../target", "devspace.yaml");
  EXPECT_EQ(Run({"init"}).code, 2);
  EXPECT_EQ(Run({"init", "--force"}).code, 0);
  EXPECT_FALSE(fs::exists(Path("target")));
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status("devspace.yaml")));
}

TEST_F(StartTest, InitPrints) {
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--dry-run"},
        std::vector<std::string>{"--output", "-"}}) {
    std::vector<std::string> arguments = {"init"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const End end = Run(arguments);
    EXPECT_EQ(end.code, 0);
    EXPECT_THAT(end.out, StartsWith("# What `ovenbird build` builds"));
    EXPECT_FALSE(fs::exists("devspace.yaml"));
  }
  EXPECT_EQ(Run({"init", "--output", "other.yaml"}).code, 0);
  EXPECT_TRUE(fs::exists("other.yaml"));
}

TEST_F(StartTest, InitTakesARegistryWithAPort) {
  EXPECT_EQ(Run({"init", "--registry", "localhost:5000"}).code, 0);
  EXPECT_THAT(Text("project/devspace.yaml"),
              HasSubstr("image: localhost:5000/project\n"));
}

TEST_F(StartTest, InitDoesNotWriteIntoAnotherFolder) {
  fs::create_directories("other");
  const End end = Run({"init", "--output", "other/devspace.yaml"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, HasSubstr("is in another folder"));
  EXPECT_FALSE(fs::exists("other/devspace.yaml"));
}

TEST_F(StartTest, MigrateDoesNotReplaceItsSource) {
  constexpr char kSix[] = "version: v2beta1\nimages: {a: {image: r.io/a/b}}\n";
  Write("project/devspace.yaml", kSix);
  const End end = Run({"migrate", "devspace.yaml", "--force"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, HasSubstr("is the file that is converted"));
  EXPECT_EQ(Text("project/devspace.yaml"), kSix);
  EXPECT_THAT(Run({"migrate", "devspace.yaml", "--dry-run"}).out,
              HasSubstr("image: r.io/a/b"));
}

TEST_F(StartTest, InitOfOtherFolders) {
  Write("project/skaffold.yaml", "");
  fs::create_directories("a");
  Write("project/a/Dockerfile", "FORM busybox\n");
  const End end = Run({"init", "--dry-run"});
  EXPECT_THAT(end.err,
              AllOf(HasSubstr("`ovenbird migrate skaffold.yaml` converts"),
                    HasSubstr("left out: `a/Dockerfile`: line 1: "),
                    HasSubstr("`registry.example.com` is a placeholder")));
  fs::remove("Dockerfile");
  const End none = Run({"init"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("no Dockerfile in `.` or below"));
  EXPECT_EQ(Run({"init", "--registry", "A B"}).code, 2);
}

TEST_F(StartTest, MigrateWritesNextToTheFile) {
  Write("project/compose.yaml", kCompose);
  fs::current_path(folder_);
  const End end = Run({"migrate", "project/compose.yaml"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.err,
              AllOf(HasSubstr("project/compose.yaml:5:5: note: not carried "
                              "over, because Ovenbird only builds images: "
                              "`ports` [migrate-not-about-builds]"),
                    HasSubstr("project/devspace.yaml: written, 1 image\n"),
                    HasSubstr("ovenbird build")));
  EXPECT_THAT(Text("project/devspace.yaml"),
              HasSubstr("  web:\n"
                        "    image: r.io/team/web\n"
                        "    tags:\n"
                        "    - v1\n"));
  EXPECT_EQ(Run({"migrate", "project/compose.yaml"}).code, 2);
  EXPECT_EQ(Run({"migrate", "project/compose.yaml", "--force"}).code, 0);
}

TEST_F(StartTest, MigrateRefuses) {
  Write("project/compose.yaml", kCompose);
  const End elsewhere =
      Run({"migrate", "compose.yaml", "--output", "../devspace.yaml"});
  EXPECT_EQ(elsewhere.code, 2);
  EXPECT_THAT(elsewhere.err, HasSubstr("is in another folder"));
  EXPECT_EQ(Run({"migrate", "missing.yaml"}).code, 2);
  EXPECT_EQ(Run({"migrate"}).err,
            "ovenbird: give FILE; see `ovenbird migrate --help`\n");
  Write("project/bake.hcl", "target \"app\" {}\n");
  const End hcl = Run({"migrate", "bake.hcl"});
  EXPECT_EQ(hcl.code, 2);
  EXPECT_THAT(hcl.err, HasSubstr("docker buildx bake --print > bake.json"));
  EXPECT_FALSE(fs::exists("devspace.yaml"));
}

// What the files of the project contradict is reported, too.
TEST_F(StartTest, MigrateChecksTheResult) {
  Write("project/compose.yaml",
        "services: {web: {image: r.io/web, build: missing}}\n");
  const End end = Run({"migrate", "compose.yaml"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, AllOf(HasSubstr("devspace.yaml:"),
                             HasSubstr("correct the errors above")));
  EXPECT_TRUE(fs::exists("devspace.yaml"));
}

constexpr char kTwo[] =
    "images:\n  app: {image: r.io/app}\n  web: {image: r.io/web}\n";

TEST_F(StartTest, LogsOfTheLastBuild) {
  Write("project/devspace.yaml", kTwo);
  fs::create_directories(".ovenbird/logs");
  Write(absl::StrCat("project/", LogPath("app")), "FROM busybox\nRUN x\n");
  const End end = Run({"logs", "app"});
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.out, "FROM busybox\nRUN x\n");
  EXPECT_THAT(end.err, IsEmpty());
  // No build is running.
  EXPECT_EQ(Run({"logs", "app", "-f"}).out, end.out);
}

// As after a build whose executor could not be pulled.
TEST_F(StartTest, LogsSaysThatALogIsEmpty) {
  Write("project/devspace.yaml", kTwo);
  fs::create_directories(".ovenbird/logs");
  Write(absl::StrCat("project/", LogPath("app")), "");
  const End end = Run({"logs", "app"});
  EXPECT_EQ(end.code, 0);
  EXPECT_THAT(end.out, IsEmpty());
  EXPECT_THAT(end.err, HasSubstr("the log of the last build is empty: it ended "
                                 "before kaniko printed anything"));
}

TEST_F(StartTest, LogsSaysWhatIsMissing) {
  Write("project/devspace.yaml", kTwo);
  EXPECT_EQ(Run({"logs"}).err,
            "ovenbird: name one of the images: `app`, `web`\n");
  EXPECT_EQ(Run({"logs", "wep"}).err,
            "ovenbird: unknown image `wep`; did you mean `web`?\n");
  EXPECT_EQ(Run({"logs", "other"}).err,
            "ovenbird: unknown image `other`; the config has `app`, `web`\n");
  const End never = Run({"logs", "web"});
  EXPECT_EQ(never.code, 2);
  EXPECT_EQ(never.err,
            "ovenbird: image `web` has no log: it was never built from this "
            "folder; run `ovenbird build web`\n");
  Write("project/devspace.yaml", "images: {app: {image: r.io/app}}\n");
  EXPECT_THAT(Run({"logs"}).err, HasSubstr("image `app` has no log"));
}

// A cluster with pods of builds.
class PodLogsTest : public StartTest {
 protected:
  PodLogsTest()
      : server_({.log = [this](net::testing::Conversation& conversation,
                               const net::Request&) {
          if (wait_ > 0) {
            --wait_;
            conversation.Reply(
                400,
                R"({"kind":"Status","status":"Failure","reason":"BadRequest",)"
                R"("message":"container \"kaniko\" is waiting to start",)"
                R"("code":400})");
            return;
          }
          if (ends_) {
            server_.SetStatus("p", json::Object{{"phase", "Succeeded"}});
          }
          conversation.Reply(
              200,
              "2026-01-01T00:00:00.1Z \x1b[36mINFO\x1b[0m[0001] RUN x\n"
              "2026-01-01T00:00:00.2Z the token is of-the-test\n");
        }}) {
    Write("project/devspace.yaml", kTwo);
    Write("kubeconfig",
          absl::StrCat("current-context: c\n"
                       "contexts: [{name: c, context: {cluster: c, user: u, "
                       "namespace: ns}}]\n"
                       "clusters: [{name: c, cluster: {server: \"",
                       server_.server().url().Origin(), "\"}}]\n",
                       "users: [{name: u, user: {}}]\n"));
    setenv("KUBECONFIG", Path("kubeconfig").c_str(), 1);
  }

  void AddPod(const std::string& name, const build::Owner& owner,
              bool has_ended = false) {
    json::Value metadata;
    metadata.Set("name", name);
    metadata.Set("labels",
                 json::Object{{"app.kubernetes.io/managed-by", "ovenbird"}});
    metadata.Set("annotations",
                 json::Object{{"ovenbird.dev/image-key", "app"},
                              {"ovenbird.dev/destination", "r.io/app"},
                              {"ovenbird.dev/user", owner.user},
                              {"ovenbird.dev/host", owner.host},
                              {"ovenbird.dev/process", owner.process}});
    json::Value pod;
    pod.Set("metadata", std::move(metadata));
    pod.Set("status",
            json::Object{{"phase", has_ended ? "Succeeded" : "Running"}});
    server_.Put("pods", name, std::move(pod));
  }
  void AddFile() {
    fs::create_directories(".ovenbird/logs");
    Write(absl::StrCat("project/", LogPath("app")), "of the file\n");
  }
  static build::Owner Killed() {
    build::Owner owner = build::ThisProcess();
    owner.process += "1";
    return owner;
  }

  std::atomic<int> wait_ = 0;       // answers before kaniko is started
  std::atomic<bool> ends_ = false;  // once its log is read
  kube::testing::ObjectServer server_;
};

constexpr char kOfPod[] = "INFO[0001] RUN x\nthe token is of-the-test\n";

// As after a build that another machine has started.
TEST_F(PodLogsTest, WithoutAFileAPodIsRead) {
  AddPod("p", {"ci", "there", "b/1/2/3"});
  AddPod("q", {"me", "there", "b/1/2/3"});
  const End end = Run({"logs", "app"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.out, kOfPod);
  EXPECT_THAT(
      end.err,
      AllOf(HasSubstr("note: log of pod `p` in namespace `ns`, started by "
                      "ci@there\n"),
            HasSubstr("note: the image is built in another pod, too: pod `q`"),
            HasSubstr("the build is running: `--follow`")));
}

TEST_F(PodLogsTest, AFileComesBeforePodsOfOthers) {
  AddFile();
  AddPod("p", {"ci", "there", "b/1/2/3"});
  AddPod("q", build::ThisProcess());
  EXPECT_EQ(Run({"logs", "app"}).out, "of the file\n");
  EXPECT_EQ(Run({"logs", "app", "--pod"}).out, kOfPod);
}

TEST_F(PodLogsTest, APodOutlivesItsProcess) {
  AddFile();
  AddPod("p", Killed(), /*has_ended=*/true);
  const End end = Run({"logs", "app", "--follow"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.out, kOfPod);
  EXPECT_THAT(end.err,
              AllOf(HasSubstr("log of pod `p`"), HasSubstr(" has exited\n"),
                    Not(HasSubstr("--follow"))));
}

TEST_F(PodLogsTest, FollowingWaitsForTheStart) {
  AddPod("p", Killed());
  wait_ = 1;
  const End refused = Run({"logs", "app"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("is waiting to start"));
  wait_ = 1;
  ends_ = true;
  const End end = Run({"logs", "app", "--follow"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.out, kOfPod);
  EXPECT_THAT(end.err, HasSubstr("note: kaniko has not been started in the pod "
                                 "yet, waiting\n"));
}

TEST_F(PodLogsTest, PasswordsAreNotShown) {
  Write("project/devspace.yaml",
        "vars: [{name: TOKEN, password: true}]\n"
        "images:\n  app:\n    image: r.io/app\n    build: {kaniko: {options: "
        "{buildArgs: {TOKEN: '${TOKEN}'}}}}\n");
  AddPod("p", Killed(), /*has_ended=*/true);
  EXPECT_EQ(Run({"logs", "--var", "TOKEN=of-the-test"}).out,
            "INFO[0001] RUN x\nthe token is ***\n");
}

TEST_F(PodLogsTest, SaysWhereItHasLooked) {
  End end = Run({"logs", "app"});
  EXPECT_EQ(end.code, 2);
  EXPECT_EQ(end.err,
            "ovenbird: image `app` has no log: it was never built from this "
            "folder, and no pod in namespace `ns` builds it; run `ovenbird "
            "build app`\n");
  end = Run({"logs", "app", "--pod", "-n", "other"});
  EXPECT_EQ(end.code, 2);
  EXPECT_EQ(end.err,
            "ovenbird: image `app` has no log: no pod in namespace `other` "
            "builds it; run `ovenbird build app`\n");
}

TEST_F(PodLogsTest, AClusterThatIsNotThere) {
  Write("kubeconfig",
        "current-context: c\n"
        "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: \"http://127.0.0.1:1\"}}]\n"
        "users: [{name: u, user: {}}]\n");
  End end = Run({"logs", "app"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, HasSubstr("\nnote: its pods are unknown: "));
  EXPECT_EQ(Run({"logs", "app", "--pod"}).code, 3);
  AddFile();
  end = Run({"logs", "app"});
  EXPECT_EQ(end.out, "of the file\n");
  EXPECT_THAT(end.err, IsEmpty());
}

TEST_F(StartTest, ExplainShowsTheCorrectedFile) {
  const End end = Run({"explain", "unknown-field"});
  EXPECT_EQ(end.code, 0);
  EXPECT_THAT(end.out,
              AllOf(HasSubstr("\nExample, devspace.yaml:\n    images:"),
                    HasSubstr("\nCorrected, devspace.yaml:\n")));
  EXPECT_THAT(end.out, Not(HasSubstr("```")));
}

}  // namespace
}  // namespace ovenbird::cli
