#include "runtime/context/report.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/context/ignore.h"
#include "runtime/context/walk.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;

class ReportTest : public ::testing::Test {
 protected:
  ReportTest() {
    std::filesystem::remove_all(root_);
    for (const auto& [path, content] :
         std::vector<std::pair<std::string, std::string>>{
             {".dockerignore", "# ours\n*.log\nnode_modules\n!keep.log\n"},
             {"Dockerfile", "FROM a\nCOPY src .env /\n"},
             {"src/large", std::string(1500, 'x')},
             {"src/deep/small", "12"},
             {"src/server.pem", "-----BEGIN PRIVATE KEY-----\n"},
             {"src/ca.pem", "-----BEGIN CERTIFICATE-----\n"},
             {".env", "A=b\n"},
             {"docs/page", "12345"},
             {"node_modules/a/b", "x"},
             {"a.log", "x"},
             {"keep.log", "x"},
             {"b.log", "x"}}) {
      const std::filesystem::path full = root_ + "/" + path;
      std::filesystem::create_directories(full.parent_path());
      EXPECT_THAT(WriteFile(full, content), IsOk());
    }
    EXPECT_EQ(mkfifo((root_ + "/pipe").c_str(), 0600), 0);
  }
  ~ReportTest() override { std::filesystem::remove_all(root_); }

  Report Make(bool deep, absl::string_view dockerfile = "Dockerfile") {
    const SourceFile rules(".dockerignore",
                           *ReadFile(root_ + "/.dockerignore"));
    diag::Collector problems;
    const Ignore ignore = Ignore::Parse(rules, problems);
    WalkOptions walk_options;
    walk_options.ignore = &ignore;
    auto walk = Walk(root_, walk_options);
    EXPECT_THAT(walk, IsOk());
    std::vector<bool> keep;
    for (size_t i = 0; i < walk->listing.size(); ++i) {
      const std::string path = walk->listing.Path(i);
      keep.push_back(path == ".env" || path.substr(0, 4) == "src/");
    }
    ReportOptions options;
    options.image = "app";
    options.deep = deep;
    options.dockerfile = absl::StrCat(root_, "/", dockerfile);
    auto report = MakeReport(walk->listing.Select(keep),
                             {{"Dockerfile", "FROM a\n"}}, options);
    EXPECT_THAT(report, IsOk());
    return *std::move(report);
  }

  std::string Text(const Report& report) {
    return absl::StrReplaceAll(ToText(report), {{CleanPath(root_), "ROOT"}});
  }

  const std::string root_ = ::testing::TempDir() + "/report";
};

TEST_F(ReportTest, Text) {
  EXPECT_EQ(Text(Make(false)),
            "image `app`: 6 files, 1.6 kB of ROOT\n"
            "      1.6 kB  src/ (4 files)\n"
            "         7 B  Dockerfile\n"
            "         4 B  .env\n"
            "no COPY or ADD uses 3 files (42 B): not sent\n"
            "ignored, by the rule that decides:\n"
            "  ROOT/.dockerignore:2: `*.log`: a.log, b.log\n"
            "  ROOT/.dockerignore:3: `node_modules`: node_modules/\n"
            "omitted: named pipe `pipe`\n"
            "looks like a secret: .env (environment file)\n"
            "looks like a secret: src/server.pem (private key)\n");
}

TEST_F(ReportTest, AllPaths) {
  const Report report = Make(true);
  std::vector<std::string> paths;
  for (const PathSize& size : report.sizes) paths.push_back(size.path);
  EXPECT_EQ(paths, (std::vector<std::string>{
                       "src/", "src/large", "src/ca.pem", "src/server.pem",
                       "src/deep/", "src/deep/small", "Dockerfile", ".env"}));
}

TEST_F(ReportTest, MuchIsCutShort) {
  Report report;
  report.image = "app";
  report.folder = "ROOT";
  for (int i = 0; i < 23; ++i) report.sizes.push_back({"f\n", 2000, 1});
  report.ignored.push_back({"*.o", "x:1", {"a", "b", "c", "d", "e"}});
  report.everything_because = "`COPY .`";
  const std::string text = ToText(report);
  EXPECT_NE(text.find("6.0 kB  3 more (3 files); --all shows them\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("x:1: `*.o`: a, b, c and 2 more\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("  f\\n\n"), std::string::npos) << text;
  EXPECT_NE(text.find("everything is sent: `COPY .`\n"), std::string::npos);
}

// It is sent by another name.
TEST_F(ReportTest, TheDockerfileIsNotUnneeded) {
  const Report report = Make(false, "docs/page");
  EXPECT_EQ(report.unneeded_files, 2u);
  EXPECT_EQ(report.unneeded_bytes, 37u);
}

TEST_F(ReportTest, NamesThatAreNoUtf8) {
  Report report;
  report.image = "app";
  report.folder = "R\xF0";
  report.sizes = {{"a\xFF", 1, 1}};
  report.ignored.push_back({"*\xFE", "x\xF1:1", {"b\xFE"}});
  report.left_out = {"socket `c\xFD`"};
  report.secrets.push_back({"d\xFC.pem", "private key"});
  EXPECT_EQ(ToText(report),
            "image `app`: 0 files, 0 B of R\\xF0\n"
            "         1 B  a\\xFF\n"
            "ignored, by the rule that decides:\n"
            "  x\\xF1:1: `*\\xFE`: b\\xFE\n"
            "omitted: socket `c\\xFD`\n"
            "looks like a secret: d\\xFC.pem (private key)\n");
}

TEST_F(ReportTest, Json) {
  std::string text;
  JsonWriter out(&text);
  Write(Make(false), out);
  EXPECT_EQ(
      absl::StrReplaceAll(text, {{CleanPath(root_), "ROOT"}}),
      R"({"image":"app","folder":"ROOT","files":6,"bytes":1569,)"
      R"("tarBytes":9216,"sizes":[{"path":"src/","bytes":1558,"files":4},)"
      R"({"path":"Dockerfile","bytes":7,"files":1},)"
      R"({"path":".env","bytes":4,"files":1}],)"
      R"("notNeeded":{"files":3,"bytes":42},)"
      R"("ignored":[{"rule":"*.log","place":"ROOT/.dockerignore:2",)"
      R"("paths":["a.log","b.log"]},{"rule":"node_modules",)"
      R"("place":"ROOT/.dockerignore:3","paths":["node_modules/"]}],)"
      R"("leftOut":["named pipe `pipe`"],)"
      R"("secrets":[{"path":".env","why":"environment file"},)"
      R"({"path":"src/server.pem","why":"private key"}]})");
}

}  // namespace
}  // namespace ovenbird::context
