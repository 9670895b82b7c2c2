#include "tools/testing/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace ovenbird::testing {
namespace {

// The source tree to write to; empty when the test only compares.
std::string UpdateRoot() {
  const char* update = std::getenv("OVENBIRD_UPDATE_GOLDENS");
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  return update && workspace ? workspace : "";
}

}  // namespace

void ExpectGolden(const std::string& path, absl::string_view actual) {
  const std::string root = UpdateRoot();
  if (!root.empty()) {
    std::ofstream out(absl::StrCat(root, "/", path), std::ios::binary);
    out.write(actual.data(), static_cast<std::streamsize>(actual.size()));
    EXPECT_TRUE(out.good()) << "cannot write " << path;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  const std::string expected((std::istreambuf_iterator<char>(in)),
                             std::istreambuf_iterator<char>());
  EXPECT_EQ(std::string(actual), expected)
      << path << ": to accept, run this test with `bazel run` and "
      << "OVENBIRD_UPDATE_GOLDENS=1";
}

}  // namespace ovenbird::testing
