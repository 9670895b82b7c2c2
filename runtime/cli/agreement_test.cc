// `validate` and `render` report the same problems: whoever has a valid config
// can build it, and whoever cannot has seen why.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/cli/main.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::cli {
namespace {

using ::ovenbird::testing::NewFolder;

namespace fs = std::filesystem;

constexpr int kMutants = 500;

// What `render` prints when there is nothing to render, and `validate` leaves
// to a hook.
bool IsIntendedDifference(absl::string_view id, bool has_hooks) {
  if (id == "no-images") return true;
  return has_hooks && (id == "copy-source-missing" || id == "missing-context" ||
                       id == "missing-dockerfile");
}

class AgreementTest : public ::testing::Test {
 protected:
  AgreementTest() {
    setenv("KUBECONFIG", "/dev/null", 1);
    setenv("HOME", folder_.c_str(), 1);
    unsetenv("BUILD_WORKING_DIRECTORY");
  }

  // The messages of a verb as "line:column id text".
  std::set<std::string> Problems(std::vector<std::string> arguments,
                                 bool has_hooks) {
    arguments.insert(arguments.begin(), "ovenbird");
    arguments.insert(arguments.end(), {"--diagnostics", "json", "--config",
                                       Path("devspace.yaml")});
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Main(static_cast<int>(arguments.size()), argv.data(), "");
    const std::string all =
        absl::StrCat(::testing::internal::GetCapturedStdout(), "\n",
                     ::testing::internal::GetCapturedStderr());
    std::set<std::string> problems;
    for (absl::string_view line : absl::StrSplit(all, '\n')) {
      if (!absl::StartsWith(line, "{\"id\"")) continue;
      const absl::StatusOr<json::Value> problem = json::Parse(line);
      const absl::string_view id = (*problem)["id"].string_or();
      if (IsIntendedDifference(id, has_hooks)) continue;
      problems.insert(
          absl::StrCat(problem->Get({"location", "line"}).int_or(), ":",
                       problem->Get({"location", "column"}).int_or(), " ", id,
                       " ", (*problem)["severity"].string_or(), " ",
                       (*problem)["message"].string_or()));
    }
    return problems;
  }

  // Expects the same problems of this config from both verbs.
  void ExpectAgreement(const std::string& config) {
    ASSERT_TRUE(WriteFile(Path("devspace.yaml"), config).ok());
    const bool has_hooks = absl::StrContains(config, "hooks:");
    const std::set<std::string> validate =
        Problems({"validate", "--engine", "kubernetes"}, has_hooks);
    const std::set<std::string> render = Problems({"render"}, has_hooks);
    EXPECT_EQ(absl::StrJoin(validate, "\n"), absl::StrJoin(render, "\n"))
        << config;
    problems_ += render.size();
  }

  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }

  // The configs of testdata/config, sorted.
  static std::vector<std::string> Configs() {
    std::vector<std::string> paths;
    for (const auto& entry : fs::directory_iterator("testdata/config")) {
      const fs::path file = entry.path() / "in.yaml";
      if (fs::exists(file)) paths.push_back(file.string());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> texts;
    for (const std::string& path : paths) texts.push_back(*ReadFile(path));
    return texts;
  }

  const std::string folder_ = NewFolder();
  size_t problems_ = 0;
};

// Makes one small mistake.
std::string Mutate(const std::string& text, std::mt19937& random) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  const auto pick = [&](size_t below) {
    return below == 0 ? 0 : static_cast<size_t>(random() % below);
  };
  const size_t line = pick(lines.size());
  switch (pick(6)) {
    case 0:
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line));
      break;
    case 1:
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line),
                   lines[line]);
      break;
    case 2:
      std::swap(lines[line], lines[pick(lines.size())]);
      break;
    case 3:
      lines[line] = absl::StrCat("  ", lines[line]);
      break;
    case 4:
      if (!lines[line].empty()) {
        std::string& changed = lines[line];
        const size_t at = pick(changed.size() - 1);
        if (changed.size() > 1) std::swap(changed[at], changed[at + 1]);
      }
      break;
    default:
      lines[line] = absl::StrCat(lines[line], " x");
  }
  return absl::StrJoin(lines, "\n");
}

TEST_F(AgreementTest, OnEveryCase) {
  const std::vector<std::string> configs = Configs();
  ASSERT_GT(configs.size(), 100);
  for (const std::string& config : configs) ExpectAgreement(config);
  EXPECT_GT(problems_, 200);
}

TEST_F(AgreementTest, OnMutants) {
  for (const char* dockerfile :
       {"FROM scratch\nCOPY devspace.yaml gone /\n",
        "FROM scratch AS base\nARG TOKEN=x\nCOPY --from=base a /\n"}) {
    ASSERT_TRUE(WriteFile(Path("Dockerfile"), dockerfile).ok());
    const std::vector<std::string> configs = Configs();
    std::mt19937 random(1);
    for (int i = 0; i < kMutants / 2; ++i) {
      ExpectAgreement(Mutate(configs[random() % configs.size()], random));
    }
  }
  EXPECT_GT(problems_, 500);
}

}  // namespace
}  // namespace ovenbird::cli
