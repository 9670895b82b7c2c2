#include "runtime/build/local/runc.h"

#include <stdlib.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/file.h"
#include "runtime/build/local/runtime.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::testing::HasSubstr;

// Finds a runc that is this script.
absl::StatusOr<std::unique_ptr<ContainerRuntime>> Find(
    const std::string& script) {
  const std::string folder = ::testing::TempDir();
  EXPECT_THAT(ReplaceFile(folder + "/runc",
                          absl::StrCat("#!/bin/sh\n", script, "\n"), 0700),
              IsOk());
  setenv("PATH", absl::StrCat(folder, ":/usr/bin:/bin").c_str(), 1);
  Cancellation cancel;
  return FindRunc(&cancel);
}

TEST(RuncTest, HasAVersion) {
  const auto runc = Find("printf 'runc version 1.1.5+ds1\\ncommit: x\\n'");
  ASSERT_THAT(runc, IsOk());
  EXPECT_EQ((*runc)->Name(), "runc 1.1.5");
}

TEST(RuncTest, OneThatDoesNotStartIsUnavailable) {
  const auto runc =
      Find("echo 'runc: libseccomp.so.2 is missing' >&2; exit 127");
  EXPECT_EQ(runc.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(runc.status().message()),
              HasSubstr("libseccomp.so.2 is missing"));
  EXPECT_THAT(std::string(Find("exit 3").status().message()),
              HasSubstr("exit code 3"));
}

}  // namespace
}  // namespace ovenbird::build
