#include "runtime/build/local/executor.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/net/testing/recording_proxy.h"
#include "runtime/registry/reference.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using registry::testing::RealRegistry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExecutorTest : public ::testing::Test {
 protected:
  ExecutorTest() {
    request_.cache = folder_ + "/cache";
    request_.on_step = [this](absl::string_view step) {
      steps_.emplace_back(step);
    };
  }

  // A builder that makes a folder and notes how it was called.
  void WriteBuildScript(const std::string& script) {
    request_.sources.builder = folder_ + "/builder";
    std::ofstream(request_.sources.builder)
        << "#!/bin/sh\necho \"called $*\" >> " << folder_ << "/calls\n"
        << "cd " << folder_ << "\n"
        << script;
    chmod(request_.sources.builder.c_str(), 0755);
  }

  std::string Calls() const {
    std::ifstream file(folder_ + "/calls");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string folder_ = NewFolder();
  ExecutorRequest request_;
  std::vector<std::string> steps_;
};

constexpr char kMakesImage[] =
    "mkdir -p built/rootfs; echo '{}' > built/image.json\n"
    "echo gcr.io/kaniko-project/executor:v1.24.0 > built/name\n"
    "echo 'compiling' >&2; echo noise; echo $PWD/built\n";

std::string Unreachable() {
  RealRegistry registry;
  return registry.domain();
}

TEST_F(ExecutorTest, IsPulledOnceForAll) {
  std::string domain;
  std::string folder;
  {
    RealRegistry registry;
    domain = registry.domain();
    registry.PushImage("kaniko", "v1", {}, json::Object());
    request_.image = domain + "/kaniko:v1";
    absl::StatusOr<ExecutorImage> first = GetExecutor(request_);
    ASSERT_THAT(first, IsOk());
    EXPECT_TRUE(std::filesystem::exists(first->folder + "/rootfs"));
    EXPECT_EQ(first->name, request_.image);
    folder = first->folder;
  }
  // The registry is gone, and it is not missed.
  absl::StatusOr<ExecutorImage> second = GetExecutor(request_);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->folder, folder);
}

// What is unpacked has setuid files; see CVE-2021-41103.
TEST_F(ExecutorTest, NoOtherUserCanEnterAnImage) {
  RealRegistry registry;
  registry.PushImage("kaniko", "v1", {}, json::Object());
  request_.image = registry.domain() + "/kaniko:v1";
  const mode_t before = umask(0);
  const absl::StatusOr<ExecutorImage> image = GetExecutor(request_);
  umask(before);
  ASSERT_THAT(image, IsOk());
  for (const std::string& folder :
       {request_.cache, request_.cache + "/images",
        request_.cache + "/images/names", request_.cache + "/images/unfinished",
        image->folder}) {
    struct stat info = {};
    EXPECT_EQ(stat(folder.c_str(), &info), 0) << folder;
    EXPECT_EQ(info.st_mode & 07777, 0700u) << folder;
  }
}

TEST(ReachedRegistriesTest, ASlowRegistryDelaysNoOther) {
  ReachedRegistries reached;
  Event asked, answered;
  std::thread slow([&] {
    EXPECT_THAT(
        reached.Reach("slow",
                      [&] {
                        asked.Notify();
                        const absl::Time end = absl::Now() + absl::Seconds(20);
                        while (!answered.happened() && absl::Now() < end) {
                          absl::SleepFor(absl::Milliseconds(1));
                        }
                        return absl::OkStatus();
                      }),
        IsOk());
  });
  asked.Wait();
  const absl::Time start = absl::Now();
  EXPECT_THAT(reached.Reach("fast", [] { return absl::OkStatus(); }), IsOk());
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  answered.Notify();
  slow.join();
}

TEST(ReachedRegistriesTest, AsksOnceUnlessCancelled) {
  ReachedRegistries reached;
  int asked = 0;
  const auto answer = [&](const absl::Status& status) {
    return reached.Reach("a", [&] {
      ++asked;
      return status;
    });
  };
  EXPECT_EQ(answer(absl::CancelledError("")).code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(answer(absl::UnavailableError("")).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(answer(absl::OkStatus()).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(asked, 2);
}

TEST_F(ExecutorTest, IsBuiltWhenTheRegistryIsUnreachable) {
  WriteBuildScript(kMakesImage);
  const std::string domain = Unreachable();
  request_.image = domain + "/osscontainertools/kaniko:v1.28.3";
  absl::StatusOr<ExecutorImage> built = GetExecutor(request_);
  ASSERT_THAT(built, IsOk());
  EXPECT_THAT(built->folder, ::testing::EndsWith("/built"));
  EXPECT_EQ(built->name, "gcr.io/kaniko-project/executor:v1.24.0");
  EXPECT_THAT(
      steps_,
      ElementsAre(HasSubstr(domain + " is unreachable: "), "compiling",
                  absl::StrCat("using gcr.io/kaniko-project/executor:v1.24.0, "
                               "built from source, instead of ",
                               request_.image)));
  EXPECT_EQ(Calls(), "called --flavor chainguard --version v1.25.6\n");
}

TEST_F(ExecutorTest, TheRequestedExecutorIsBuiltOrElseTheNearest) {
  struct Case {
    const char* image;
    const char* flavor;
    const char* version;
  };
  constexpr Case kCases[] = {
      {"gcr.io/kaniko-project/executor:v0.17.1", "google", "v0.19.0"},
      {"gcr.io/kaniko-project/executor:v0.19.0", "google", "v0.19.0"},
      {"gcr.io/kaniko-project/executor:v0.24.0", "google", "v1.9.1"},
      {"gcr.io/kaniko-project/executor:v1.9.1-debug", "google", "v1.9.1"},
      {"gcr.io/kaniko-project/executor:v1.23.2", "google", "v1.23.2"},
      {"gcr.io/kaniko-project/executor:v1.24.0", "google", "v1.24.0"},
      {"gcr.io/kaniko-project/executor:debug", "google", "v1.24.0"},
      {"gcr.io/kaniko-project/executor", "google", "v1.24.0"},
      {"registry.example.com/kaniko:1.20.0", "google", "v1.23.2"},
      {"ghcr.io/kaniko-build/dist/chainguard-dev-kaniko/executor:v1.25.6",
       "chainguard", "v1.25.6"},
      {"cgr.dev/chainguard/kaniko:latest", "chainguard", "v1.25.6"},
      {"ghcr.io/osscontainertools/kaniko:v1.28.3", "chainguard", "v1.25.6"},
      {"martizih/kaniko:latest", "chainguard", "v1.25.6"},
  };
  for (const Case& one : kCases) {
    EXPECT_THAT(BuilderArguments(*registry::ParseReference(one.image)),
                ElementsAre("--flavor", one.flavor, "--version", one.version))
        << one.image;
    // That the builder has it.
    EXPECT_TRUE(std::filesystem::exists(
        absl::StrCat("third_party/kaniko/modules/", one.flavor, "-",
                     one.version, "/go.sum")));
  }
}

TEST_F(ExecutorTest, ItsNameIsKnownBefore) {
  std::string domain;
  {
    RealRegistry registry;
    domain = registry.domain();
    registry.PushImage("kaniko", "v1", {}, json::Object());
    request_.image = domain + "/kaniko:v1";
    EXPECT_EQ(ExecutorName(request_), request_.image);
    ASSERT_THAT(GetExecutor(request_), IsOk());
  }
  // Pulled before: no registry is needed.
  EXPECT_EQ(ExecutorName(request_), request_.image);
  // Another one cannot be had, with a builder and without.
  request_.image = domain + "/kaniko-project/executor:v0.17.1";
  EXPECT_EQ(ExecutorName(request_), request_.image);
  WriteBuildScript(kMakesImage);
  EXPECT_EQ(ExecutorName(request_), "gcr.io/kaniko-project/executor:v0.19.0");
  request_.image = domain + "/osscontainertools/kaniko:v1.28.3";
  EXPECT_EQ(ExecutorName(request_),
            "ghcr.io/kaniko-build/dist/chainguard-dev-kaniko/executor:v1.25.6");
  EXPECT_EQ(Calls(), "");
}

TEST_F(ExecutorTest, ARegistryIsAskedOnce) {
  ReachedRegistries reached;
  request_.sources.reached = &reached;
  std::string domain;
  {
    RealRegistry registry;
    domain = registry.domain();
    request_.image = domain + "/kaniko:v1";
    EXPECT_THAT(ReachRegistry(request_), IsOk());
  }
  request_.image = domain + "/other:v1";
  EXPECT_THAT(ReachRegistry(request_), IsOk());
}

TEST_F(ExecutorTest, AnotherOneThanPlannedDoesNotBuild) {
  EXPECT_THAT(CheckPlanned(request_, "a/kaniko:v1"), IsOk());
  request_.planned = "a/kaniko:v1";
  EXPECT_THAT(CheckPlanned(request_, "a/kaniko:v1"), IsOk());
  EXPECT_THAT(CheckPlanned(request_, "a/kaniko:v2"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the Dockerfile was checked for a/kaniko:v1, but now "
                       "the executor is a/kaniko:v2: run it again"));
}

TEST_F(ExecutorTest, SaysWhyThereIsNone) {
  const std::string domain = Unreachable();
  request_.image = domain + "/kaniko:v1";
  EXPECT_THAT(GetExecutor(request_),
              StatusIs(absl::StatusCode::kUnavailable,
                       ::testing::AllOf(HasSubstr("cannot pull the executor " +
                                                  request_.image + ": "),
                                        HasSubstr("set `image`"))));
  WriteBuildScript("echo 'no compiler' >&2; exit 3\n");
  EXPECT_THAT(
      GetExecutor(request_),
      StatusIs(absl::StatusCode::kUnavailable,
               HasSubstr("cannot build it from source: `" +
                         request_.sources.builder +
                         " --flavor chainguard --version v1.25.6` failed "
                         "with exit code 3: no compiler")));
  WriteBuildScript("echo /no/such/folder\n");
  EXPECT_THAT(GetExecutor(request_),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("did not name an image's folder")));
}

TEST_F(ExecutorTest, ARegistryThatAnswersHasTheLastWord) {
  WriteBuildScript(kMakesImage);
  RealRegistry registry;
  request_.image = registry.domain() + "/kaniko:v1";
  EXPECT_THAT(ReachRegistry(request_), IsOk());
  EXPECT_THAT(GetExecutor(request_), StatusIs(absl::StatusCode::kNotFound));

  // A file where a later entry wants a folder.
  const std::string tar = folder_ + "/layer.tar";
  ASSERT_EQ(system(absl::StrCat("cd ", folder_,
                                " && touch a && tar -cf layer.tar a && rm a &&"
                                " mkdir a && touch a/b &&"
                                " tar -rf layer.tar a/b")
                       .c_str()),
            0);
  std::ifstream layer(tar, std::ios::binary);
  registry.PushImage("kaniko", "v1",
                     {{std::istreambuf_iterator<char>(layer), {}}},
                     json::Object());
  EXPECT_THAT(GetExecutor(request_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Calls(), "");
}

// Anyone in a private network can answer, and the executor runs here. The
// requests go through a proxy, so that no such registry has to exist.
TEST_F(ExecutorTest, WithoutTlsOnlyWhatHasADigestIsPulled) {
  net::testing::RecordingProxy proxy(404);
  const std::string digest = "@sha256:" + std::string(64, '0');
  for (const char* domain : {"10.1.2.3:5000", "reg.local:5000"}) {
    for (const std::string& version : {std::string(":v1"), digest}) {
      SCOPED_TRACE(domain + version);
      request_.image = absl::StrCat(domain, "/kaniko", version);
      EXPECT_FALSE(GetExecutor(request_).ok());
      const std::vector<std::string> seen = proxy.Take();
      EXPECT_EQ(seen.size() > 1, version == digest)
          << absl::StrJoin(seen, "\n");
    }
  }
}

// An untrusted certificate is no reason to do without the registry.
TEST_F(ExecutorTest, AnUntrustedRegistryIsNotUnreachable) {
  WriteBuildScript(kMakesImage);
  RealRegistry registry({.tls = true});
  request_.image = registry.domain() + "/kaniko:v1";
  EXPECT_THAT(GetExecutor(request_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Calls(), "");
}

}  // namespace
}  // namespace ovenbird::build
