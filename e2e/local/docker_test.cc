// `build.docker` against a real Docker daemon, which the test starts (Debian's
// containerd and dockerd; needs root). Not part of `bazel test //...`:
// `bazel test //e2e/local/...`.
#include "runtime/build/docker/docker.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/lines.h"
#include "runtime/base/mutex.h"
#include "runtime/base/subprocess.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/kube/build_spec.h"
#include "runtime/registry/client.h"
#include "runtime/registry/image.h"
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

// A program that runs until the end of the test.
class Service {
 public:
  // Waits until it has written a line with `ready` in it.
  Service(std::vector<std::string> argv, std::string ready) {
    process_.argv = std::move(argv);
    process_.cancel = &cancel_;
    process_.grace = absl::Seconds(20);
    process_.on_stderr = [this](absl::string_view text) { lines_.Add(text); };
    process_.on_stdout = process_.on_stderr;
    ready_text_ = std::move(ready);
    thread_ = std::thread([this] {
      status_ = RunSubprocess(process_).status();
      if (!ready_.happened()) ready_.Notify();
    });
    ready_.Wait();
    EXPECT_TRUE(is_ready_) << status_ << "\n" << log_;
  }
  ~Service() {
    cancel_.Cancel();
    thread_.join();
  }

 private:
  void OnLine(absl::string_view line) {
    if (ready_.happened()) return;
    absl::StrAppend(&log_, line, "\n");
    if (absl::StrContains(line, ready_text_)) {
      is_ready_ = true;
      ready_.Notify();
    }
  }

  Cancellation cancel_;
  Subprocess process_;
  std::string ready_text_;
  std::string log_;
  bool is_ready_ = false;
  Event ready_;
  absl::Status status_;
  LineSplitter lines_{[this](absl::string_view line) { OnLine(line); }};
  std::thread thread_;
};

// One daemon for all tests.
class DockerEnv : public ::testing::Environment {
 public:
  void SetUp() override {
    // Daemons are not where users' programs are.
    setenv("PATH", absl::StrCat(getenv("PATH"), ":/usr/sbin:/sbin").c_str(), 1);
    // Short: a socket's path may have 107 characters.
    folder_ = "/tmp/ovenbird-dockerXXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    const std::string containerd = folder_ + "/containerd.sock";
    containerd_ = std::make_unique<Service>(
        std::vector<std::string>{"containerd", "--address", containerd,
                                 "--root", folder_ + "/containerd", "--state",
                                 folder_ + "/containerd-state"},
        "containerd successfully booted");
    docker_ = std::make_unique<Service>(
        std::vector<std::string>{
            "dockerd", "--containerd", containerd, "-H", Host(), "--data-root",
            folder_ + "/data", "--exec-root", folder_ + "/exec", "-p",
            folder_ + "/pid", "--exec-opt", "native.cgroupdriver=cgroupfs",
            "--bridge=none", "--iptables=false"},
        "API listen on");
  }
  void TearDown() override {
    docker_.reset();
    containerd_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string Host() const {
    return absl::StrCat("unix://", folder_, "/docker.sock");
  }

 private:
  std::string folder_;
  std::unique_ptr<Service> containerd_;
  std::unique_ptr<Service> docker_;
};

DockerEnv* const kDocker =
    static_cast<DockerEnv*>(::testing::AddGlobalTestEnvironment(new DockerEnv));

class DockerTest : public ::testing::Test {
 protected:
  DockerTest() {
    build_.env = {{"DOCKER_HOST", kDocker->Host()}};
    build_.images = {registry_.domain() + "/team/app:v1"};
    build_.on_step = [](absl::string_view step) {
      std::cerr << "# " << step << "\n";
    };
    build_.on_log = [this](absl::string_view line) {
      log_.emplace_back(line);
      std::cerr << "  " << line << "\n";
    };
    build_.open_context = [this]() -> absl::StatusOr<registry::ByteSource> {
      context::TarOptions options;
      options.files = files_;
      absl::StatusOr<std::unique_ptr<context::TarStream>> stream =
          context::TarStream::Create(&listing_, options);
      if (!stream.ok()) return stream.status();
      stream_ = *std::move(stream);
      return registry::ByteSource([this](char* buffer, size_t size) {
        return stream_->Read(buffer, size);
      });
    };
  }

  std::string Docker(std::vector<std::string> argv) {
    Subprocess process;
    process.argv = std::move(argv);
    process.set_env = build_.env;
    absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
    EXPECT_THAT(result, IsOk());
    if (!result.ok()) return "";
    EXPECT_TRUE(result->ok()) << result->err;
    return result->out;
  }

  RealRegistry registry_;
  registry::Client client_{registry_.domain(), {}};
  std::vector<context::MemoryFile> files_;
  context::Listing listing_{"/"};
  std::unique_ptr<context::TarStream> stream_;
  std::vector<std::string> log_;
  DockerBuild build_;
};

TEST_F(DockerTest, BuildsAndPushesAllTags) {
  files_ = {{"Dockerfile",
             "FROM scratch AS first\nARG WORD\nLABEL word=$WORD\n"
             "COPY file /file\nFROM scratch AS second\nCOPY file /other\n"},
            {"file", "content\n"}};
  build_.images.push_back(registry_.domain() + "/team/app:latest");
  build_.target = "first";
  build_.build_args = {{"WORD", "two words"}};
  build_.args = {"--label=more=yes"};
  absl::StatusOr<DockerResult> result = BuildWithDocker(build_);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 0);
  for (const char* tag : {"v1", "latest"}) {
    ASSERT_THAT(client_.Head("team/app", tag), IsOk());
    EXPECT_EQ(client_.Head("team/app", tag)->digest, result->digest) << tag;
  }
  EXPECT_EQ(Docker({"docker", "image", "inspect", "--format",
                    "{{.Id}} {{.Config.Labels.word}} {{.Config.Labels.more}}",
                    build_.images[0]}),
            absl::StrCat(result->image_id, " two words yes\n"));
}

TEST_F(DockerTest, SkipPushKeepsItInTheDaemon) {
  files_ = {{"Dockerfile", "FROM scratch\nCOPY Dockerfile /\n"}};
  build_.skip_push = true;
  absl::StatusOr<DockerResult> result = BuildWithDocker(build_);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_EQ(result->digest, "");
  EXPECT_THAT(result->image_id, ::testing::StartsWith("sha256:"));
  EXPECT_THAT(client_.Head("team/app", "v1"),
              StatusIs(absl::StatusCode::kNotFound));
}

// Mounts and secrets are what only BuildKit understands. Docker's command line
// has BuildKit within it, or in a plugin.
TEST_F(DockerTest, BuildsWithBuildKit) {
  kube::BuildSecret& secret = build_.secrets.emplace_back();
  secret.id = "token";
  secret.file = absl::StrCat(::testing::TempDir(), "/token");
  std::ofstream(secret.file) << "s3cr3t";
  files_ = {{"Dockerfile",
             absl::StrCat("FROM ", registry_.domain(),
                          "/base/shell:1\n"
                          "RUN --mount=type=bind,source=file,target=/tmp/in "
                          "--mount=type=secret,id=token,target=/t,required "
                          "test -s /t && cp /tmp/in /out\n")},
            {"file", "content\n"}};
  Subprocess layer;
  layer.argv = {"sh", "-ec",
                "folder=$(mktemp -d); chmod 755 $folder; cd $folder; mkdir "
                "bin; cp /bin/busybox bin/sh; ln bin/sh bin/cp; tar "
                "--owner=0 --group=0 -czf - .; rm -rf $folder"};
  json::Value config;
  config.Set("Env", json::Array{"PATH=/bin"});
  registry_.PushImage("base/shell", "1", {RunSubprocess(layer)->out}, config);
  build_.network = "host";
  build_.use_build_kit = true;
  absl::StatusOr<DockerResult> result = BuildWithDocker(build_);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_EQ(client_.Head("team/app", "v1")->digest, result->digest);
}

TEST_F(DockerTest, TellsWhichCommandFailed) {
  files_ = {{"Dockerfile", "FROM scratch\nCOPY missing /\n"}};
  absl::StatusOr<DockerResult> build = BuildWithDocker(build_);
  ASSERT_THAT(build, IsOk());
  EXPECT_NE(build->exit_code, 0);
  EXPECT_EQ(build->command, "docker build");
  EXPECT_THAT(log_, Contains(HasSubstr("missing")));

  files_ = {{"Dockerfile", "FROM scratch\nCOPY Dockerfile /\n"}};
  build_.images = {"127.0.0.1:1/team/app:v1"};
  absl::StatusOr<DockerResult> push = BuildWithDocker(build_);
  ASSERT_THAT(push, IsOk());
  EXPECT_NE(push->exit_code, 0);
  EXPECT_EQ(push->command, "docker push 127.0.0.1:1/team/app:v1");
  EXPECT_THAT(log_, Contains(HasSubstr("connection refused")));
}

TEST_F(DockerTest, AnswersForItself) {
  EXPECT_THAT(FindDockerDaemon(build_.env, nullptr), IsOk());
  EXPECT_THAT(FindDockerDaemon({{"DOCKER_HOST", "unix:///no/such"}}, nullptr),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no/such")));
}

}  // namespace
}  // namespace ovenbird::build
