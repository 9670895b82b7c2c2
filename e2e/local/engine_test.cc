// The local engine with the real things: runc (or what OVENBIRD_E2E_RUNTIME
// names: docker, podman), an executor, a registry. Needs root, and the network
// once, for the executor. Not part of `bazel test //...`:
// `bazel test //e2e/local/...`.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/subprocess.h"
#include "runtime/build/local/run_locally.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/registry/client.h"
#include "runtime/registry/image.h"
#include "runtime/registry/pull_secret.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using registry::testing::RealRegistry;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDigest[] = "/dev/termination-log";

std::string Sh(const std::string& script) {
  Subprocess process;
  process.argv = {"bash", "-ec", script};
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  EXPECT_THAT(result, IsOk());
  if (!result.ok()) return "";
  EXPECT_TRUE(result->ok()) << script << "\n" << result->err;
  return result->out;
}

std::string Runtime() {
  const char* runtime = getenv("OVENBIRD_E2E_RUNTIME");
  return runtime == nullptr ? "runc" : runtime;
}

// What a run of the engine might leave on this machine: a container's
// processes are in its cgroup, which is gone only when they are.
std::string Leftovers() {
  return Sh(R"sh(
    find "${XDG_CACHE_HOME:-$HOME/.cache}/ovenbird/run" -mindepth 1 -type d
    find /sys/fs/cgroup -name 'ovenbird-run-*'
    grep ovenbird/run /proc/mounts || true
    pgrep -f '/ovenbird/[r]un/' || true)sh") +
         (Runtime() == "runc" ? ""
                              : Sh(Runtime() + " ps --all --quiet; " +
                                   Runtime() + " volume ls --quiet"));
}

// An image with a shell.
void PushShell(RealRegistry& registry) {
  registry.PushImage(
      "base/shell", "1",
      {Sh("folder=$(mktemp -d); chmod 755 $folder; cd $folder; mkdir bin; "
          "cp /bin/busybox bin/sh; tar --owner=0 --group=0 -czf - .; "
          "rm -rf $folder")},
      json::Object());
}

class LocalEngineTest : public ::testing::Test {
 protected:
  LocalEngineTest() {
    run_.runtime = Runtime();
    run_.executors.builder =
        std::filesystem::absolute("third_party/kaniko/build.sh");
    run_.on_step = [this](absl::string_view step) {
      steps_.emplace_back(step);
      std::cerr << "# " << step << "\n";
    };
    run_.on_log = [this](absl::string_view line) {
      log_.emplace_back(line);
      std::cerr << "  " << line << "\n";
    };
    run_.open_context = [this] { return Context(); };
    ContainerSpec& spec = run_.container;
    spec.image = "gcr.io/kaniko-project/executor:v1.24.0";
    spec.env = {{"container", "kube"}};
    spec.capabilities = {"CHOWN",  "DAC_OVERRIDE", "FOWNER", "FSETID",
                         "SETUID", "SETGID",       "SETFCAP"};
    spec.mounts = {{"/context", {}}};
    spec.context_path = "/context";
    spec.termination_path = kDigest;
    spec.args = {"--dockerfile=/context/Dockerfile", "--context=dir:///context",
                 absl::StrCat("--digest-file=", kDigest), "--log-format=text"};
  }

  absl::StatusOr<ByteSource> Context() {
    context::TarOptions options;
    options.files = files_;
    listing_ = std::make_unique<context::Listing>("/");
    absl::StatusOr<std::unique_ptr<context::TarStream>> stream =
        context::TarStream::Create(listing_.get(), options);
    if (!stream.ok()) return stream.status();
    stream_ = *std::move(stream);
    return ByteSource([this](char* buffer, size_t size) {
      return stream_->Read(buffer, size);
    });
  }

  void Arg(const std::string& arg) { run_.container.args.push_back(arg); }

  std::vector<context::MemoryFile> files_;
  LocalRun run_;
  std::vector<std::string> steps_;
  std::vector<std::string> log_;
  std::unique_ptr<context::Listing> listing_;
  std::unique_ptr<context::TarStream> stream_;
};

TEST_F(LocalEngineTest, BuildsAndPushes) {
  RealRegistry registry;
  files_ = {{"Dockerfile", "FROM scratch\nCOPY site /site\nCMD [\"/site\"]\n"},
            {"site/index.html", "hello\n"}};
  Arg(absl::StrCat("--destination=", registry.domain(), "/team/app:v1"));
  absl::StatusOr<ContainerResult> result = RunLocally(run_);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_THAT(result->runtime, HasSubstr(Runtime()));
  registry::Client client(registry.domain(), {});
  EXPECT_EQ(result->termination_message, client.Head("team/app", "v1")->digest);

  const std::string folder = absl::StrCat(::testing::TempDir(), "/pulled");
  std::filesystem::create_directory(folder);
  absl::StatusOr<registry::Manifest> manifest =
      registry::FindImage(client, "team/app", "v1", {"linux", "amd64", ""});
  ASSERT_THAT(manifest, IsOk());
  EXPECT_THAT(registry::PullImage(client, "team/app", *manifest, folder,
                                  [](int, int) {}),
              IsOk());
  EXPECT_EQ(Sh(absl::StrCat("cat ", folder, "/rootfs/site/index.html")),
            "hello\n");
  EXPECT_THAT(registry::ReadImageConfig(folder)->cmd, ElementsAre("/site"));
  EXPECT_EQ(Leftovers(), "");
}

// What keeps a RUN that is root from the rest of the machine.
TEST_F(LocalEngineTest, ARunHasNoControlGroupsAndFewerSystemCalls) {
  RealRegistry registry;
  PushShell(registry);
  files_ = {{"Dockerfile",
             absl::StrCat("FROM ", registry.domain(),
                          "/base/shell:1\n"
                          "RUN while read -r key value; do case $key in "
                          "Seccomp:|NoNewPrivs:) echo $key $value;; esac; done "
                          "< /proc/self/status; echo /sys/fs/cgroup/*\n")}};
  Arg("--no-push");
  ASSERT_THAT(RunLocally(run_), IsOk());
  EXPECT_THAT(log_, Contains("Seccomp: 2"));
  EXPECT_THAT(log_, Contains("NoNewPrivs: 1"));
  if (Runtime() == "runc") {
    EXPECT_THAT(log_, Contains("/sys/fs/cgroup/*"));
  }
}

// A base image from the same registry, with a shell that RUN uses, users,
// capabilities of files; and the layer cache.
TEST_F(LocalEngineTest, RunsCommandsOfABaseImage) {
  RealRegistry registry({.user = "john", .password = "doe"});
  json::Value base;
  base.Set("Env", json::Array{"PATH=/bin"});
  registry.PushImage(
      "base/busybox", "1",
      {Sh("folder=$(mktemp -d); chmod 755 $folder; cd $folder; mkdir -p bin "
          "etc tmp home; chmod "
          "1777 tmp; "
          "cp /bin/busybox bin; for tool in sh ls cat chown id mkdir; do "
          "ln -s busybox bin/$tool; done; "
          "printf 'root:x:0:0::/:/bin/sh\\nuser:x:1000:1000::/home:/bin/sh\\n' "
          "> etc/passwd; printf 'root:x:0:\\nuser:x:1000:\\n' > etc/group; "
          "tar --owner=0 --group=0 -czf - .; rm -rf $folder")},
      base);
  files_ = {{"Dockerfile",
             absl::StrCat("FROM ", registry.domain(), "/base/busybox:1\n",
                          "ARG WORD\n"
                          "RUN echo $WORD > /tmp/word && id -un > /id\n"
                          "COPY --chown=user file /home/file\n"
                          "USER user\n"
                          "RUN id > /home/id || id -u > /tmp/user\n")},
            {"file", "content\n"}};
  registry::DockerConfig login = *registry::DockerConfig::Parse(
      absl::StrCat(R"({"auths":{")", registry.domain(),
                   R"(":{"username":"john","password":"doe"}}})"),
      "test");
  run_.container.mounts.push_back(
      {"/kaniko/.docker",
       {{"config.json",
         registry::MakePullSecret(login, {registry.domain()})->config_json}}});
  run_.container.mounts.back().read_only = true;
  Arg("--build-arg=WORD=two words");
  Arg("--cache=true");
  Arg(absl::StrCat("--cache-repo=", registry.domain(), "/cache"));
  Arg(absl::StrCat("--destination=", registry.domain(), "/team/app:v1"));
  for (const char* round : {"first", "second"}) {
    log_.clear();
    absl::StatusOr<ContainerResult> result = RunLocally(run_);
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->exit_code, 0) << round;
  }
  EXPECT_THAT(log_, ::testing::Contains(HasSubstr("Using caching version")));

  registry::ClientOptions options;
  options.credentials = login.Find(registry.domain())->credentials;
  registry::Client client(registry.domain(), options);
  const std::string folder = absl::StrCat(::testing::TempDir(), "/run");
  std::filesystem::create_directory(folder);
  absl::StatusOr<registry::Manifest> manifest =
      registry::FindImage(client, "team/app", "v1", {"linux", "amd64", ""});
  ASSERT_THAT(manifest, IsOk());
  ASSERT_THAT(registry::PullImage(client, "team/app", *manifest, folder,
                                  [](int, int) {}),
              IsOk());
  EXPECT_EQ(Sh(absl::StrCat(
                "cd ", folder,
                "/rootfs; cat tmp/word tmp/user id; stat -c %u home/file")),
            "two words\n1000\nroot\n1000\n");
  EXPECT_EQ(Leftovers(), "");
}

TEST_F(LocalEngineTest, KeepsTheImageAsAFile) {
  files_ = {{"Dockerfile", "FROM scratch\nCOPY Dockerfile /\n"}};
  const std::string tar = absl::StrCat(::testing::TempDir(), "/image.tar");
  run_.container.mounts.push_back({"/kaniko/out", {}});
  run_.outputs = {{"/kaniko/out/image.tar", tar}};
  Arg("--no-push");
  Arg("--tar-path=/kaniko/out/image.tar");
  Arg("--destination=example.com/team/app:v1");
  absl::StatusOr<ContainerResult> result = RunLocally(run_);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_THAT(Sh(absl::StrCat("tar -xOf ", tar, " manifest.json")),
              HasSubstr("example.com/team/app:v1"));
  EXPECT_EQ(Leftovers(), "");
}

TEST_F(LocalEngineTest, AFailedBuildHasItsExitCodeAndLog) {
  files_ = {{"Dockerfile", "FROM scratch\nRUNN x\n"}};
  Arg("--no-push");
  absl::StatusOr<ContainerResult> result = RunLocally(run_);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 1);
  EXPECT_EQ(result->termination_message, "");
  EXPECT_THAT(log_,
              ::testing::Contains(HasSubstr("unknown instruction: RUNN")));
  EXPECT_EQ(Leftovers(), "");
}

TEST_F(LocalEngineTest, CancellationLeavesNothing) {
  RealRegistry registry;
  PushShell(registry);
  files_ = {{"Dockerfile", absl::StrCat("FROM ", registry.domain(),
                                        "/base/shell:1\n"
                                        "RUN echo now; sleep 1000\n")}};
  Arg("--no-push");
  Cancellation cancel;
  run_.cancel = &cancel;
  run_.on_log = [&](absl::string_view line) {
    if (line == "now") cancel.Cancel();
  };
  EXPECT_THAT(RunLocally(run_), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(Leftovers(), "");
}

// kill -9: the container ends with us, and the next run clears up.
TEST_F(LocalEngineTest, BeingKilledEndsTheContainer) {
  if (Runtime() != "runc") return;  // A daemon's container runs to its end.
  RealRegistry registry;
  PushShell(registry);
  files_ = {{"Dockerfile", absl::StrCat("FROM ", registry.domain(),
                                        "/base/shell:1\n"
                                        "RUN echo now; sleep 1000\n")}};
  Arg("--no-push");
  int ready[2];
  ASSERT_EQ(pipe2(ready, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    run_.on_log = [&](absl::string_view line) {
      if (line == "now" && write(ready[1], "x", 1) != 1) _exit(2);
    };
    _exit(RunLocally(run_).ok() ? 0 : 1);
  }
  close(ready[1]);
  char byte;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  // Its cgroups can be deleted when they contain no process.
  Sh("for try in $(seq 100); do "
     "find /sys/fs/cgroup -depth -name 'ovenbird-run-*' -exec rmdir {} + "
     "2>/dev/null && exit; sleep 0.1; done; exit 1");

  files_ = {{"Dockerfile", "FROM scratch\nCOPY Dockerfile /\n"}};
  EXPECT_THAT(RunLocally(run_), IsOk());
  EXPECT_EQ(Leftovers(), "");
}

TEST_F(LocalEngineTest, AContextThatFailsIsItsOwnError) {
  run_.open_context = [] {
    return ByteSource([](char*, size_t) -> absl::StatusOr<size_t> {
      return absl::AbortedError("changed while it was read");
    });
  };
  Arg("--no-push");
  EXPECT_THAT(RunLocally(run_), StatusIs(absl::StatusCode::kAborted,
                                         "changed while it was read"));
  EXPECT_EQ(Leftovers(), "");
}

// The executor's image from a registry in reach, pulled once.
TEST_F(LocalEngineTest, PullsTheExecutor) {
  RealRegistry registry;
  json::Value config;
  config.Set("Env", json::Array{"PATH=/bin"});
  config.Set("Entrypoint", json::Array{"/bin/sh", "-c", "echo \"ran $0 $@\""});
  registry.PushImage("tool", "v1",
                     {Sh("folder=$(mktemp -d); chmod 755 $folder; cd $folder; "
                         "mkdir bin; cp /bin/busybox bin/sh; "
                         "tar -czf - .; rm -rf $folder")},
                     config);
  files_ = {{"file", ""}};
  run_.executors.builder = "/no/such/program";
  run_.container.image = absl::StrCat(registry.domain(), "/tool:v1");
  run_.container.args = {"a", "b c"};
  absl::StatusOr<ContainerResult> result = RunLocally(run_);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_EQ(result->image, run_.container.image);
  EXPECT_EQ(LocalExecutorName(run_.container.image, run_.executors, nullptr),
            result->image);
  EXPECT_THAT(log_, ElementsAre("ran a b c"));
  EXPECT_EQ(Leftovers(), "");
}

// A name of a registry that does not exist, like those of the internet on a
// machine without it.
TEST_F(LocalEngineTest, BuildsAnotherExecutorOnlyIfItIsPlanned) {
  run_.container.image = "none.invalid/kaniko-project/executor:v1.24.0";
  const std::string name = "gcr.io/kaniko-project/executor:v1.24.0";
  EXPECT_EQ(LocalExecutorName(run_.container.image, run_.executors, nullptr),
            name);
  files_ = {{"Dockerfile", "FROM scratch\nLABEL a=b\n"}};
  Arg("--no-push");
  run_.planned_executor = run_.container.image;
  EXPECT_THAT(RunLocally(run_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("but now the executor is " + name)));
  run_.planned_executor = name;
  absl::StatusOr<ContainerResult> result = RunLocally(run_);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_EQ(result->image, name);
  EXPECT_EQ(Leftovers(), "");
}

}  // namespace
}  // namespace ovenbird::build
