// The configs of testdata/config, the page's examples and our own, loaded and
// checked as a user's would be.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/config/surroundings.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/check.h"
#include "runtime/kube/kaniko_flags.h"
#include "runtime/kube/snapshot_mode.h"
#include "runtime/report/text.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"
#include "tools/testing/golden.h"

namespace ovenbird::kube {
namespace {

namespace fs = std::filesystem;

// A machine where nothing is set but what a case says.
class FixedSurroundings : public config::Surroundings {
 public:
  std::optional<std::string> Variable(absl::string_view name) override {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  }
  absl::Time Now() override { return absl::FromUnixSeconds(1600000000); }
  std::string Random() override { return "abc123"; }
  absl::StatusOr<std::string> GitCommit() override {
    return absl::NotFoundError("no Git repository here");
  }

  std::map<std::string, std::string> variables;
};

// What case.txt says, if there is one:
//   var NAME=VALUE    a --var flag
//   env NAME=VALUE    an environment variable
//   profile NAME
//   engine NAME
struct Case {
  config::LoadOptions options;
  FixedSurroundings surroundings;
  std::string engine;
};

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::unique_ptr<Case> ReadCase(const fs::path& folder) {
  auto out = std::make_unique<Case>();
  const std::string text = Read(folder / "case.txt");
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (absl::ConsumePrefix(&line, "var ")) {
      out->options.vars.emplace_back(line);
    } else if (absl::ConsumePrefix(&line, "profile ")) {
      out->options.profile = std::string(line);
    } else if (absl::ConsumePrefix(&line, "engine ")) {
      out->engine = std::string(line);
    } else if (absl::ConsumePrefix(&line, "env ")) {
      out->surroundings.variables.insert(
          absl::StrSplit(line, absl::MaxSplits('=', 1)));
    } else {
      ADD_FAILURE() << folder << ": unknown line in case.txt: " << line;
    }
  }
  return out;
}

// All that is said of a config.
std::vector<diag::Diagnostic> Problems(const std::string& path, Case& given,
                                       std::unique_ptr<config::Loaded>* keep) {
  given.options.path = path;
  given.options.surroundings = &given.surroundings;
  diag::Collector sink;
  absl::StatusOr<std::unique_ptr<config::Loaded>> loaded =
      config::Load(given.options, sink);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  if (!loaded.ok()) return {};
  *keep = *std::move(loaded);
  if (*keep != nullptr) CheckForEngine((*keep)->config, given.engine, sink);
  return sink.Sorted();
}

std::vector<std::string> Names(const char* folder, const char* suffix = "") {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name[0] != '.' && name != "BUILD.bazel" &&
        absl::EndsWith(name, suffix)) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// ----------------------------------------------------------------
// testdata/config

constexpr char kCorpus[] = "testdata/config";

class CorpusTest : public ::testing::TestWithParam<std::string> {};

TEST_P(CorpusTest, SaysWhatIsWrong) {
  const fs::path folder = fs::path(kCorpus) / GetParam();
  const std::unique_ptr<Case> given = ReadCase(folder);
  std::unique_ptr<config::Loaded> loaded;
  const std::string path = (folder / "in.yaml").string();
  const std::string text = absl::StrReplaceAll(
      report::RenderText(Problems(path, *given, &loaded)), {{path, "in.yaml"}});
  if (absl::StartsWith(GetParam(), "good-")) {
    EXPECT_EQ(text, "");
    return;
  }
  EXPECT_NE(text, "") << "call it good-" << GetParam();
  ovenbird::testing::ExpectGolden((folder / "want.diag").string(), text);
}

std::string TestName(const ::testing::TestParamInfo<std::string>& info) {
  return absl::StrReplaceAll(info.param, {{"-", "_"}, {".", "_"}});
}

INSTANTIATE_TEST_SUITE_P(All, CorpusTest, ::testing::ValuesIn(Names(kCorpus)),
                         TestName);

// ------------------------------------------------------------ the catalogue

// Messages about other things than a config (the project's files, the cluster,
// another schema), with where they are tested.
const std::map<std::string, std::string>& ElsewhereTested() {
  static const auto& reasons = *new std::map<std::string, std::string>{
      {"unknown-image", "runtime/build"},
      {"base-image-tag", "runtime/build"},
      {"image-circle", "runtime/build"},
      {"no-images", "runtime/build"},
      {"missing-dockerfile", "runtime/build"},
      {"rejected-by-cluster", "runtime/build/cluster"},
      {"missing-context", "runtime/build"},
      {"unknown-target", "runtime/build"},
      {"build-arg-unset", "runtime/build"},
      {"build-arg-unused", "runtime/build"},
      {"cache-volume-unused", "runtime/plan"},
      {"migrate-unknown-format", "runtime/migrate"},
      {"migrate-not-carried-over", "runtime/migrate"},
      {"migrate-changed", "runtime/migrate"},
      {"migrate-not-about-builds", "runtime/migrate"},
      {"platforms-of-command", "runtime/plan"},
      {"platform-elsewhere", "runtime/plan"},
      {"secret-in-dockerfile", "runtime/dockerfile"},
      {"secret-missing", "runtime/plan"},
      {"secret-not-given", "runtime/plan"},
      {"secret-unreadable", "runtime/plan"},
      {"secret-unused", "runtime/plan"},
      {"restart-helper-without-entrypoint", "runtime/build"},
      {"pull-secret-missing", "runtime/build/cluster"},
      {"pull-secret-without-key", "runtime/build/cluster"},
      {"pull-secret-content", "runtime/build/cluster"},
      {"pull-secret-helper", "runtime/build/cluster"},
      {"deprecated-field", "runtime/config/decode_test"},
      {"deprecated-value", "runtime/config/decode_test"},
      {"dockerfile-syntax", "runtime/dockerfile"},
      {"dockerfile-unknown-instruction", "runtime/dockerfile"},
      {"dockerfile-unknown-flag", "runtime/dockerfile"},
      {"dockerfile-arguments", "runtime/dockerfile"},
      {"dockerfile-value", "runtime/dockerfile"},
      {"dockerfile-without-from", "runtime/dockerfile"},
      {"dockerfile-before-from", "runtime/dockerfile"},
      {"dockerfile-stage-name", "runtime/dockerfile"},
      {"dockerfile-duplicate-stage", "runtime/dockerfile"},
      {"dockerfile-later-stage", "runtime/dockerfile"},
      {"dockerfile-empty-base", "runtime/dockerfile"},
      {"copy-folder-unsent", "runtime/context"},
      {"copy-pattern-unmatched", "runtime/context"},
      {"copy-source-missing", "runtime/dockerfile"},
      {"copy-source-ignored", "runtime/dockerfile"},
      {"kaniko-heredoc", "runtime/dockerfile"},
      {"kaniko-ignored-flag", "runtime/dockerfile"},
      {"kaniko-refused-flag", "runtime/dockerfile"},
      {"kaniko-time-mode", "runtime/dockerfile"},
      {"kaniko-syntax", "runtime/dockerfile"},
      {"kaniko-volume", "runtime/dockerfile"},
      {"kaniko-git-source", "runtime/dockerfile"},
      {"kaniko-extended-attributes", "runtime/dockerfile"},
      {"kaniko-differs", "runtime/rewrite"},
      {"base-image-unread", "runtime/plan/dockerfile_plan_test"},
      {"mount-written", "runtime/plan/mount_check_test"},
      {"mount-link-copied", "runtime/plan/mount_check_test"},
      {"mount-copied", "runtime/plan/mount_check_test"},
      {"ignore-pattern", "runtime/context"},
      {"ignore-without-effect", "runtime/problems"},
      {"config-unreadable", "runtime/cli"},
  };
  return reasons;
}

TEST(CatalogTest, EachMessageHasACase) {
  std::set<std::string> seen;
  for (const std::string& name : Names(kCorpus)) {
    const fs::path folder = fs::path(kCorpus) / name;
    const std::unique_ptr<Case> given = ReadCase(folder);
    std::unique_ptr<config::Loaded> loaded;
    for (const diag::Diagnostic& problem :
         Problems((folder / "in.yaml").string(), *given, &loaded)) {
      seen.insert(problem.rule->id);
    }
  }
  for (const diag::Rule& rule : diag::Rules()) {
    const auto elsewhere = ElsewhereTested().find(rule.id);
    if (elsewhere == ElsewhereTested().end()) {
      EXPECT_EQ(seen.count(rule.id), 1u)
          << rule.id << ": add a case to testdata/config";
    } else {
      EXPECT_EQ(seen.count(rule.id), 0u)
          << rule.id << " has a case now: take it out of ElsewhereTested()";
    }
  }
  for (const auto& [id, reason] : ElsewhereTested()) {
    EXPECT_NE(diag::FindRule(id), nullptr) << id << " is not a message";
  }
}

// The example of a message in the catalogue provokes it: as it stands, or with
// one of its profiles.
TEST(CatalogTest, ExamplesProvokeTheirMessage) {
  for (const diag::Rule& rule : diag::Rules()) {
    if (rule.example[0] == '\0') continue;
    const std::string path =
        absl::StrCat(::testing::TempDir(), "/", rule.id, ".yaml");
    std::ofstream(path, std::ios::binary) << rule.example;
    std::set<std::string> seen;
    for (const char* profile : {"", "p", "a", "production"}) {
      Case given;
      given.options.profile = profile;
      std::unique_ptr<config::Loaded> loaded;
      for (const diag::Diagnostic& problem : Problems(path, given, &loaded)) {
        seen.insert(problem.rule->id);
      }
      if (seen.count(rule.id) > 0) break;
    }
    EXPECT_EQ(seen.count(rule.id), 1u) << rule.id << ":\n" << rule.example;
  }
}

// ------------------------------------------------- the page, and our examples

TEST(PageTest, EveryExampleIsAccepted) {
  const std::vector<std::string> names = Names("testdata/page", ".yaml");
  EXPECT_EQ(names.size(), 14u);
  for (const std::string& name : names) {
    if (name == "ecr-secret.yaml") continue;  // a Kubernetes object
    Case given;
    // DevSpace Cloud, which knew it, is gone.
    given.options.vars = {"DEVSPACE_USERNAME=john"};
    std::unique_ptr<config::Loaded> loaded;
    for (const diag::Diagnostic& problem :
         Problems(absl::StrCat("testdata/page/", name), given, &loaded)) {
      const std::string id = problem.rule->id;
      // The variable is only in two of them; and one has a slip of the page.
      EXPECT_TRUE(id == "unused-variable-flag" ||
                  (id == "hook-literal-quotes" && name == "08-hook.yaml"))
          << name << ": " << problem.message;
    }
    ASSERT_NE(loaded, nullptr) << name;
    EXPECT_EQ(loaded->config.images.empty(), name == "08-hook.yaml") << name;
  }
}

// The page's Secret for Amazon ECR holds a Docker config, under the key that
// DevSpace 4.11 cannot mount.
TEST(PageTest, EcrSecretHoldsADockerConfig) {
  SourceFile file("ecr-secret.yaml", Read("testdata/page/ecr-secret.yaml"));
  yaml::Arena arena;
  diag::Collector sink;
  const yaml::Node* root = yaml::Parse(file, arena, sink);
  ASSERT_NE(root, nullptr);
  ASSERT_NE(root->Find("data"), nullptr);
  const yaml::Node* value = root->Find("data")->Find("config.json");
  ASSERT_NE(value, nullptr);
  std::string config;
  ASSERT_TRUE(absl::Base64Unescape(value->scalar(), &config));
  EXPECT_EQ(config, "{ \"credsStore\":\"ecr-login\" }");
}

// What the page says the default is, is the default. That of the snapshot mode
// depends on the executor.
TEST(PageTest, DefaultsAreThosePrinted) {
  const std::vector<std::string> names = Names("testdata/page/defaults");
  EXPECT_EQ(names.size(), 8u);
  const auto used = [](config::Kaniko kaniko) {
    kaniko.snapshot_mode = kaniko.snapshot_mode.value_or(
        DefaultSnapshotMode(KanikoVersionOf(kaniko.image)));
    return kaniko;
  };
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
    std::ofstream(path, std::ios::binary)
        << "images: {a: {image: b/c, build: {kaniko: {\n"
        << Read(absl::StrCat("testdata/page/defaults/", name)) << "}}}}\n";
    Case given;
    std::unique_ptr<config::Loaded> loaded;
    EXPECT_TRUE(Problems(path, given, &loaded).empty()) << name;
    ASSERT_NE(loaded, nullptr);
    const auto& build = loaded->config.images[0].second.build;
    ASSERT_TRUE(build && build->kaniko);
    EXPECT_EQ(used(*build->kaniko), used({})) << name;
  }
}

TEST(ExamplesTest, EveryExampleIsFine) {
  int examples = 0;
  for (const std::string& name : Names("examples")) {
    const std::string path = absl::StrCat("examples/", name, "/devspace.yaml");
    if (!fs::exists(path)) continue;
    ++examples;
    for (const char* profile : {"", "release", "production"}) {
      if (profile[0] != '\0' && name != "profiles") continue;
      for (const char* engine : {"", "kubernetes"}) {
        Case given;
        given.options.profile = profile;
        given.engine = engine;
        std::unique_ptr<config::Loaded> loaded;
        for (const diag::Diagnostic& problem : Problems(path, given, &loaded)) {
          EXPECT_EQ(problem.severity, diag::Severity::kNote)
              << path << " " << engine << ": " << problem.message;
        }
        ASSERT_NE(loaded, nullptr) << path;
        EXPECT_FALSE(loaded->config.images.empty()) << path;
      }
    }
  }
  EXPECT_GE(examples, 10);
}

}  // namespace
}  // namespace ovenbird::kube
