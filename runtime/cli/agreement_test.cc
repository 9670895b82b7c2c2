// `validate` and `render` report the same problems: whoever has a valid config
// can build it, and whoever cannot has seen why.
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/cli/main.h"

namespace ovenbird::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMutants = 500;

// What `render` prints when there is nothing to render, and `validate` leaves
// to a hook.
bool IsIntendedDifference(absl::string_view id, bool has_hooks) {
  if (id == "no-images") return true;
  return has_hooks && (id == "copy-source-missing" || id == "missing-context" ||
                       id == "missing-dockerfile");
}

// While it lives, this thread may not open a file whose mode forbids it, also
// as root: of a machine, or of Bazel's sandbox.
class ObeysModes {
 public:
  ObeysModes() {
    EXPECT_EQ(syscall(SYS_capget, &header_, before_), 0);
    __user_cap_data_struct none[2] = {before_[0], before_[1]};
    none[0].effective = none[1].effective = 0;
    EXPECT_EQ(syscall(SYS_capset, &header_, none), 0);
  }
  ObeysModes(const ObeysModes&) = delete;
  ObeysModes& operator=(const ObeysModes&) = delete;
  ~ObeysModes() { EXPECT_EQ(syscall(SYS_capset, &header_, before_), 0); }

 private:
  __user_cap_header_struct header_ = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[2];
};

// A new folder that every user can enter.
std::string OpenFolder() {
  std::string path = "/tmp/XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr) << path;
  EXPECT_EQ(chmod(path.c_str(), 0755), 0);
  return path;
}

class AgreementTest : public ::testing::Test {
 protected:
  AgreementTest() {
    setenv("KUBECONFIG", "/dev/null", 1);
    setenv("HOME", folder_.c_str(), 1);
    unsetenv("BUILD_WORKING_DIRECTORY");
  }
  ~AgreementTest() override {
    Clear();
    fs::remove(folder_);
  }

  // What a verb says: its messages as "line:column id text", its failures, and
  // its exit code.
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
    const int code = [&] {
      std::optional<ObeysModes> no_root;
      if (obeys_modes_) no_root.emplace();
      return Main(static_cast<int>(arguments.size()), argv.data(), "");
    }();
    const std::string all =
        absl::StrCat(::testing::internal::GetCapturedStdout(), "\n",
                     ::testing::internal::GetCapturedStderr());
    std::set<std::string> problems;
    bool is_intended = has_hooks;
    for (absl::string_view line : absl::StrSplit(all, '\n')) {
      if (absl::StartsWith(line, "ovenbird: ")) problems.emplace(line);
      if (!absl::StartsWith(line, "{\"id\"")) continue;
      const absl::StatusOr<json::Value> problem = json::Parse(line);
      const absl::string_view id = (*problem)["id"].string_or();
      if (IsIntendedDifference(id, has_hooks)) {
        is_intended = true;
        continue;
      }
      problems.insert(
          absl::StrCat(problem->Get({"location", "line"}).int_or(), ":",
                       problem->Get({"location", "column"}).int_or(), " ", id,
                       " ", (*problem)["severity"].string_or(), " ",
                       (*problem)["message"].string_or()));
    }
    is_intended_ = is_intended_ || is_intended;
    problems.insert(absl::StrCat("exit code ", code));
    return problems;
  }

  // Expects the same problems of this config from both verbs; returns them.
  std::string ExpectAgreement(const std::string& config,
                              const std::vector<std::string>& flags = {}) {
    EXPECT_TRUE(WriteFile(Path("devspace.yaml"), config).ok());
    const bool has_hooks = absl::StrContains(config, "hooks:");
    std::vector<std::string> render_flags = {"render"};
    std::vector<std::string> validate_flags = {"validate", "--engine",
                                               "kubernetes"};
    for (const std::string& flag : flags) {
      render_flags.push_back(flag);
      validate_flags.push_back(flag);
    }
    is_intended_ = false;
    std::set<std::string> validate = Problems(validate_flags, has_hooks);
    std::set<std::string> render = Problems(render_flags, has_hooks);
    for (std::set<std::string>* said : {&validate, &render}) {
      std::erase_if(*said, [&](const std::string& line) {
        return is_intended_ && absl::StartsWith(line, "exit code ");
      });
    }
    EXPECT_EQ(absl::StrJoin(validate, "\n"), absl::StrJoin(render, "\n"))
        << config;
    problems_ += render.size();
    return absl::StrJoin(validate, "\n");
  }

  // A project whose problems are those of its files or of the environment.
  struct FileCase {
    const char* options;     // of kaniko, in braces
    const char* dockerfile;  // "": none
    std::function<void()> prepare;
    const char* problem;  // a part of what both say
    std::vector<std::string> flags = {};
  };

  void Clear() {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.is_directory()) {
        fs::permissions(entry.path(), fs::perms::owner_all);
      }
      fs::remove_all(entry.path());
    }
  }

  void ExpectAgreement(const FileCase& one) {
    Clear();
    if (one.dockerfile[0] != '\0') {
      ASSERT_TRUE(WriteFile(Path("Dockerfile"), one.dockerfile).ok());
    }
    if (one.prepare != nullptr) one.prepare();
    const std::string said = ExpectAgreement(
        absl::StrCat("images:\n  app: {image: a.io/b, build: {kaniko: {image: ",
                     "ghcr.io/osscontainertools/kaniko:v1.28.3, ", one.options,
                     "}}}\n"),
        one.flags);
    EXPECT_THAT(said, ::testing::HasSubstr(one.problem)) << one.dockerfile;
  }

  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }

  void Write(const std::string& name, const std::string& content,
             mode_t mode = 0644) {
    fs::create_directories(fs::path(Path(name)).parent_path());
    EXPECT_TRUE(WriteFile(Path(name), content).ok());
    EXPECT_EQ(chmod(Path(name).c_str(), mode), 0);
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

  const std::string folder_ = OpenFolder();
  size_t problems_ = 0;
  // The verbs run without the rights of root.
  bool obeys_modes_ = false;
  // The exit codes may differ.
  bool is_intended_ = false;
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

constexpr char kSecret[] =
    "FROM scratch\nRUN --mount=type=secret,id=token,required true\n";

TEST_F(AgreementTest, OnFilesAndTheEnvironment) {
  setenv("TOKEN", "t0", 1);
  unsetenv("UNSET");
  for (const FileCase& one : std::vector<FileCase>{
           // Secrets.
           {"", kSecret, nullptr, "2:5 secret-missing error"},
           {"", kSecret, nullptr, "exit code 0", {"--secret", "id=token"}},
           {"",
            "FROM scratch\n",
            nullptr,
            "secret-unused warning",
            {"--secret", "id=token"}},
           {"options: {secrets: [{id: token, env: TOKEN}]}", kSecret, nullptr,
            "exit code 0"},
           {"options: {secrets: [{id: token, env: UNSET}]}", kSecret, nullptr,
            "secret-unreadable warning the secret `token` has no value: the "
            "environment variable `UNSET` is not set"},
           {"options: {secrets: [{id: token, file: gone}]}", kSecret, nullptr,
            "secret-unreadable warning"},
           {"options: {secrets: [{id: token, file: /dev/zero}]}", kSecret,
            nullptr, "it is not a regular file"},
           {"options: {secrets: [{id: token, file: big}]}", kSecret,
            [&] { Write("big", std::string((500 << 10) + 1, 'x')); },
            "it is larger than 500 KiB"},
           {"options: {secrets: [{id: other, env: TOKEN}]}", kSecret, nullptr,
            "secret-unused warning"},
           {"options: {secrets: [{id: token, secret: {name: s, key: k}}]}",
            kSecret, nullptr, "exit code 0"},
           // Variables of the environment.
           {"options: {buildArgs: {UNSET: }}",
            "FROM scratch\nARG UNSET\nLABEL a=$UNSET\n", nullptr,
            "build-arg-unset"},
           {"namespace: \"${UNSET}\"", "FROM scratch\n", nullptr,
            "variable-unset"},
           {"namespace: \"${TOKEN}\"", "FROM scratch\n", nullptr,
            "exit code 0"},
           // Dockerfiles.
           {"", "", nullptr, "missing-dockerfile"},
           {"", "", [&] { fs::create_directory(Path("Dockerfile")); },
            "missing-dockerfile"},
           {"", "",
            [&] { fs::create_symlink("/dev/zero", Path("Dockerfile")); },
            "missing-dockerfile"},
           {"options: {target: none}", "FROM scratch AS a\n", nullptr,
            "unknown-target"},
           {"", "FROM scratch\nCOPY \xff /\n", nullptr, "copy-source-missing"},
           // Contexts.
           {"", "FROM scratch\nCOPY gone /\n", nullptr, "copy-source-missing"},
           {"", "FROM scratch\nCOPY a /\n",
            [&] {
              Write("a", "");
              Write(".dockerignore", "a\n");
            },
            "copy-source-ignored"},
           {"", "FROM scratch\nCOPY a /\n",
            [&] { fs::create_symlink("gone", Path("a")); },
            "copy-source-missing"},
           {"", "FROM scratch\n", [&] { Write(".dockerignore", "[\n"); },
            "ignore-pattern"},
           {"", "FROM scratch\n",
            [&] { fs::create_symlink("/dev/zero", Path(".dockerignore")); },
            "ovenbird: "},
           {"", "FROM scratch\n",
            [&] { fs::create_directory(Path(".dockerignore")); }, "ovenbird: "},
           // Objects of the cluster, which neither verb asks for.
           {"additionalMounts: [{mountPath: /m, configMap: {name: gone}}]",
            "FROM scratch\n", nullptr, "exit code 0"},
           {"additionalMounts: [{mountPath: /m, configMap: {name: c, items: "
            "[{key: a, path: x}]}}]",
            "FROM scratch\nCOPY x /m/x\n", [&] { Write("x", ""); },
            "mount-written"},
           {"additionalMounts: [{mountPath: /m, secret: {name: Upper}}]",
            "FROM scratch\n", nullptr, "bad-format"},
           {"pullSecret: gone", "FROM scratch\n", nullptr, "exit code 0"},
           {"cacheVolumes: {none: {claim: c}}", "FROM scratch\n", nullptr,
            "cache-volume-unused"},
       }) {
    ExpectAgreement(one);
  }
}

TEST_F(AgreementTest, OnContextsThatAreMissing) {
  Write("Dockerfile", "FROM scratch\n");
  for (const char* context : {"nope", "Dockerfile", "devspace.yaml/x"}) {
    EXPECT_THAT(ExpectAgreement(absl::StrCat(
                    "images: {app: {image: a.io/b, context: ", context, "}}")),
                ::testing::HasSubstr("missing-context"));
  }
}

// Root may read everything.
TEST_F(AgreementTest, OnFilesThatCannotBeRead) {
  obeys_modes_ = true;
  constexpr char kCopy[] = "FROM scratch\nCOPY . /\n";
  for (const FileCase& one : std::vector<FileCase>{
           {"", "", [&] { Write("Dockerfile", kCopy, 0); }, "exit code 3"},
           {"", kCopy, [&] { Write(".dockerignore", "a\n", 0); },
            "exit code 3"},
           {"", kCopy, [&] { Write("file", "a\n", 0); }, "exit code 3"},
           {"", kCopy,
            [&] {
              Write("folder/file", "a\n");
              EXPECT_EQ(chmod(Path("folder").c_str(), 0), 0);
            },
            "exit code 3"},
           {"options: {secrets: [{id: token, file: token}]}", kSecret,
            [&] { Write("token", "t0", 0); }, "Permission denied"},
       }) {
    ExpectAgreement(one);
  }
}

}  // namespace
}  // namespace ovenbird::cli
