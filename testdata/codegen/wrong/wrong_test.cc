// Schemas that are refused: NAME.errors is what protoc then says of NAME.proto.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tools/testing/golden.h"

namespace ovenbird {
namespace {

constexpr char kFolder[] = "testdata/codegen/wrong/";

// The flags of protoc and its plugin come from the BUILD file.
std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Output of the command; `*code` is its exit code.
std::string OutputOf(const std::string& command, int* code) {
  std::string output;
  FILE* pipe = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
  char buffer[4096];
  for (size_t n = 0; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
    output.append(buffer, n);
  }
  *code = pclose(pipe);
  return output;
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".proto") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class WrongTest : public ::testing::TestWithParam<std::string> {};

TEST_P(WrongTest, IsRefusedWithAPlaceForEachProblem) {
  const std::string out = ::testing::TempDir();
  int code = 0;
  const std::string output = OutputOf(
      absl::StrCat(Environment("PROTOC"), " -I. -I/usr/include",
                   " --plugin=protoc-gen-ovenbird=", Environment("PLUGIN"),
                   " --ovenbird_out=emit=cpp,base=x,include=x.h:", out, " ",
                   kFolder, GetParam(), ".proto"),
      &code);
  EXPECT_NE(code, 0);
  testing::ExpectGolden(absl::StrCat(kFolder, GetParam(), ".errors"), output);
}

INSTANTIATE_TEST_SUITE_P(All, WrongTest, ::testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace ovenbird
