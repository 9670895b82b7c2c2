// Runs the verbs in a project of their own, without a cluster.
#ifndef OVENBIRD_RUNTIME_CLI_TESTING_VERBS_FIXTURE_H_
#define OVENBIRD_RUNTIME_CLI_TESTING_VERBS_FIXTURE_H_

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/cli/main.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::cli {

// A config without problems.
inline constexpr char kGood[] = R"(
images:
  app: {image: r.io/app}
  web: {image: r.io/web}
)";

// One with an image for two platforms.
inline constexpr char kPlatforms[] = R"(
images:
  app:
    image: r.io/app
    tags: [v1]
    platforms: [linux/amd64, linux/arm64]
    build:
      kaniko: {image: "gcr.io/kaniko-project/executor:v1.24.0"}
)";

// A project without a cluster: what ends before a build has an exit code, too.
class VerbsTest : public ::testing::Test {
 protected:
  VerbsTest() {
    setenv("KUBECONFIG", "/dev/null", 1);
    setenv("HOME", folder_.c_str(), 1);
    unsetenv("BUILD_WORKING_DIRECTORY");
    Write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\n");
  }

  std::string Path(const std::string& name) {
    return absl::StrCat(folder_, "/", name);
  }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFile(Path(name), text).ok());
  }

  struct End {
    int code;
    std::string out;
    std::string err;
  };
  End Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ovenbird");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    End end;
    end.code = Main(static_cast<int>(arguments.size()), argv.data(), "");
    end.out = ::testing::internal::GetCapturedStdout();
    end.err = ::testing::internal::GetCapturedStderr();
    return end;
  }
  End RunWithConfig(const std::string& config,
                    std::vector<std::string> arguments) {
    Write("devspace.yaml", config);
    arguments.insert(arguments.end(), {"--config", Path("devspace.yaml")});
    return Run(std::move(arguments));
  }

  const std::string folder_ = testing::NewFolder();
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_TESTING_VERBS_FIXTURE_H_
