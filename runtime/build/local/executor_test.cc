#include "runtime/build/local/executor.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using registry::testing::RealRegistry;
using ::testing::Contains;
using ::testing::HasSubstr;

class ExecutorTest : public ::testing::Test {
 protected:
  ExecutorTest() {
    folder_ = absl::StrCat(::testing::TempDir(), "/executorXXXXXX");
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    request_.cache = folder_ + "/cache";
    request_.on_step = [this](absl::string_view step) {
      steps_.emplace_back(step);
    };
  }

  // A builder that makes a folder and notes how it was called.
  void Builder(const std::string& script) {
    request_.builder = folder_ + "/builder";
    std::ofstream(request_.builder)
        << "#!/bin/sh\necho \"called $*\" >> " << folder_ << "/calls\n"
        << "cd " << folder_ << "\n"
        << script;
    chmod(request_.builder.c_str(), 0755);
  }

  std::string Calls() const {
    std::ifstream file(folder_ + "/calls");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string folder_;
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

TEST_F(ExecutorTest, IsBuiltOnceWhenTheRegistryIsOutOfReach) {
  Builder(kMakesImage);
  const std::string domain = Unreachable();
  request_.image = domain + "/osscontainertools/kaniko:v1.28.3";
  for (int round = 0; round < 2; ++round) {
    steps_.clear();
    absl::StatusOr<ExecutorImage> built = GetExecutor(request_);
    ASSERT_THAT(built, IsOk());
    EXPECT_THAT(built->folder, ::testing::EndsWith("/built"));
    EXPECT_EQ(built->name, "gcr.io/kaniko-project/executor:v1.24.0");
    EXPECT_EQ(
        steps_.back(),
        absl::StrCat(domain, " is out of reach; in place of ", request_.image,
                     " gcr.io/kaniko-project/executor:v1.24.0 is used, "
                     "built from source"));
  }
  EXPECT_EQ(Calls(), "called --flavor oss\n");
}

TEST_F(ExecutorTest, AnotherExecutorStandsInForOneThatCannotBeBuilt) {
  Builder(absl::StrCat("[ $# = 0 ] || { echo 'no such module' >&2; exit 1; }\n",
                       kMakesImage));
  request_.image = Unreachable() + "/martizih/kaniko:v1.28.3";
  EXPECT_THAT(GetExecutor(request_), IsOk());
  EXPECT_EQ(Calls(), "called --flavor oss\ncalled \n");
  EXPECT_THAT(steps_, Contains("no such module"));
}

TEST_F(ExecutorTest, SaysWhyThereIsNone) {
  const std::string domain = Unreachable();
  request_.image = domain + "/kaniko:v1";
  EXPECT_THAT(
      GetExecutor(request_),
      StatusIs(absl::StatusCode::kUnavailable,
               ::testing::AllOf(HasSubstr("the executor's image " +
                                          request_.image + " cannot be had: "),
                                HasSubstr("set `image:`"))));
  Builder("echo 'no compiler' >&2; exit 3\n");
  EXPECT_THAT(GetExecutor(request_),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("nor can it be built from source: `" +
                                 request_.builder +
                                 "` ended with exit code 3: no compiler")));
  Builder("echo /no/such/folder\n");
  EXPECT_THAT(GetExecutor(request_),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("did not name an image's folder")));
}

TEST_F(ExecutorTest, ARegistryThatAnswersHasTheLastWord) {
  Builder(kMakesImage);
  RealRegistry registry;
  request_.image = registry.domain() + "/kaniko:v1";
  EXPECT_THAT(GetExecutor(request_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(CheckExecutorImage(request_),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(Calls(), "");
}

}  // namespace
}  // namespace ovenbird::build
