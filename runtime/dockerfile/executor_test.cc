#include "runtime/dockerfile/executor.h"

#include <string>

#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

struct Case {
  const char* name;
  const char* image;
  Capability capability;
  Verdict verdict;
  const char* executor;
};

class ExecutorTest : public testing::TestWithParam<Case> {};

TEST_P(ExecutorTest, HasTheTablesVerdict) {
  const Executor executor(GetParam().image);
  EXPECT_EQ(executor.Of(GetParam().capability), GetParam().verdict);
  EXPECT_EQ(executor.name(), GetParam().executor);
}

constexpr Case kCases[] = {
    {"Old", "gcr.io/kaniko-project/executor:v0.17.1", Capability::kHeredoc,
     Verdict::kRefused, "kaniko v0.17.1"},
    {"Last", "gcr.io/kaniko-project/executor:v1.24.0", Capability::kHeredoc,
     Verdict::kIgnored, "kaniko v1.24.0"},
    {"MovingTag", "gcr.io/kaniko-project/executor:latest", Capability::kHeredoc,
     Verdict::kIgnored, "kaniko v1.24.0"},
    {"LastThatCan", "gcr.io/kaniko-project/executor:v1.24.0",
     Capability::kCopyChmod, Verdict::kYes, "kaniko v1.24.0"},
    {"Copy", "mirror.example.com/kaniko:v1.9.1", Capability::kCopyParents,
     Verdict::kRefused, "kaniko v1.9.1"},
    {"Chainguard", "ghcr.io/chainguard-dev/kaniko:v1.25.6",
     Capability::kCopyParents, Verdict::kIgnored, "kaniko v1.25.6"},
    {"Fork", "ghcr.io/osscontainertools/kaniko:v1.28.3", Capability::kHeredoc,
     Verdict::kYes, "kaniko v1.28.3"},
    {"NotKnown", "mirror.example.com/kaniko:stable", Capability::kHeredoc,
     Verdict::kUnknown, "this kaniko"},
};

INSTANTIATE_TEST_SUITE_P(All, ExecutorTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ovenbird::dockerfile
