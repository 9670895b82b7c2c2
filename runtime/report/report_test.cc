#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/command_text.h"
#include "runtime/report/github.h"
#include "runtime/report/gitlab.h"
#include "runtime/report/json_lines.h"
#include "runtime/report/junit.h"
#include "runtime/report/sarif.h"
#include "runtime/report/text.h"
#include "tools/testing/golden.h"

namespace ovenbird::report {
namespace {

using diag::Diagnostic;

// The span of the first `word` in the file, or of the one behind `after`.
Span Find(const SourceFile& file, absl::string_view word,
          absl::string_view after = "") {
  const absl::string_view text = file.text();
  const size_t start = text.find(after);
  const size_t begin = text.find(word, start + after.size());
  EXPECT_NE(begin, absl::string_view::npos) << word;
  return {&file, static_cast<uint32_t>(begin),
          static_cast<uint32_t>(begin + word.size())};
}

using Diagnostics = std::vector<Diagnostic>;

struct Case {
  const char* name;
  std::string text;
  Diagnostics (*make)(const SourceFile& file);
};

Diagnostics UnknownField(const SourceFile& file) {
  const Span span = Find(file, "snapshotmode");
  Diagnostic d = diag::UnknownField(
      span, "snapshotmode", "`images.backend.build.kaniko`",
      "did you mean `snapshotMode`?", "`args`, `cache` and `snapshotMode`");
  d.config_path = "images.backend.build.kaniko.snapshotmode";
  d.WithLabel(Find(file, "kaniko"), "in this object")
      .WithFix({"write `snapshotMode`", {{span, "snapshotMode"}}, true});
  return {d};
}

Diagnostics Several(const SourceFile& file) {
  Diagnostic duplicate = diag::DuplicateKey(Find(file, "image", "j/a"), "image")
                             .WithLabel(Find(file, "image: j/a"), "");
  Diagnostic far = diag::DuplicateKey(Find(file, "b:", "# l"), "b")
                       .WithLabel(Find(file, "b:"), "first given here");
  Diagnostic syntax = diag::YamlSyntax(Find(file, "j/b"), "two on one line")
                          .WithLabel(Find(file, "b:"), "in this image");
  return {duplicate, far, syntax};
}

Diagnostics Origins(const SourceFile& file) {
  static const SourceFile& flag = *new SourceFile("--var", "MODE=ful");
  Diagnostic d =
      diag::UnknownValue(Find(file, "${MODE}"), "snapshotMode", "ful",
                         "did you mean `full`?", "`full`, `redo`, `time`");
  d.config_path = "images.a.build.kaniko.snapshotMode";
  d.WithNote("value of variable `MODE` from --var", {&flag, 5, 8})
      .WithNote("from profile `fast`", Find(file, "fast"))
      .WithNote("a note without a place\nof two lines");
  return {d};
}

Diagnostics Nasty(const SourceFile& file) {
  Diagnostics all;
  all.push_back(diag::YamlTab(Find(file, "\t")));
  all.push_back(diag::UnknownField(Find(file, "wide"), "wide\x1B[31m\n", "p",
                                   "hint\r\n", ""));
  all.push_back(diag::YamlNotUtf8(Find(file, "\xFF"), "first such byte"));
  all.push_back(diag::YamlTab(Find(file, "end")));
  all.push_back(diag::YamlSyntax({&file, 9999, 3}, "behind the end"));
  return all;
}

Diagnostics LongLine(const SourceFile& file) {
  return {diag::YamlSyntax(Find(file, "HERE"), "in the middle"),
          diag::YamlSyntax(Find(file, "START"), "at the start")
              .WithLabel(Find(file, "END"), "and the end")};
}

Diagnostics NoPlace(const SourceFile&) {
  Diagnostic note = diag::NoImages({});
  note.severity = diag::Severity::kNote;
  return {diag::UnknownImage({}, "bakend", "", "`backend`"),
          diag::UnusedVariableFlag({}, "TAG", "", "none"), note};
}

Diagnostics EmptyFile(const SourceFile& file) {
  return {diag::EmptyConfig({&file, 0, 0})};
}

// A file that cannot be read has a name and no lines.
Diagnostics Unreadable(const SourceFile&) {
  static const SourceFile& missing = *new SourceFile("sub dir/gone.yaml");
  return {diag::ConfigUnreadable({&missing, 0, 0},
                                 "cannot open `sub dir/gone.yaml`: No such "
                                 "file or directory")};
}

Diagnostics SeveralLines(const SourceFile& file) {
  return {diag::WrongType(Find(file, "- one\n    - two"), "cache", "a boolean",
                          "a list", "")};
}

std::vector<Case> Cases() {
  const std::string filler(300, 'x');
  return {
      {"unknown_field",
       "images:\n  backend:\n    build:\n      kaniko:\n"
       "        snapshotmode: time\n",
       UnknownField},
      {"several",
       "images:\n  a:\n    image: j/a\n    image: j/b\n  b: {}\n  # g\n"
       "  # h\n  # i\n  # j\n  # k\n  # l\n  b: {}\n",
       Several},
      {"origins",
       "profiles:\n- name: fast\nimages:\n  a:\n    snapshotMode: ${MODE}\n",
       Origins},
      {"nasty",
       "\xEF\xBB\xBF"
       "a:\r\n\tb: 1\r\n\xE6\x97\xA5\xE6\x9C\xAC e\xCC\x81: "
       "\"\x1B[31m\xE2\x80\xAE\", wide: \xF0\x9F\x98\x80 # end\r\n"
       "c: \x01\xFF\xFE # x\r\n",
       Nasty},
      {"long_line",
       absl::StrCat("START: ", filler, " HERE ", filler, "\xC3\xA9 END\n"),
       LongLine},
      {"no_place", "", NoPlace},
      {"empty_file", "", EmptyFile},
      {"unreadable", "", Unreadable},
      {"several_lines", "a:\n  cache:\n    - one\n    - two\n  b: 1\n",
       SeveralLines},
  };
}

void Check(const Case& c, const char* way, const std::string& output) {
  ::ovenbird::testing::ExpectGolden(
      absl::StrCat("testdata/report/", c.name, ".", way), output);
}

TEST(Report, Goldens) {
  for (const Case& c : Cases()) {
    const SourceFile file("sub dir/devspace.yaml", c.text);
    const Diagnostics diagnostics = c.make(file);
    Check(c, "text", RenderText(diagnostics));
    Check(c, "short", RenderShort(diagnostics));
    Check(c, "jsonl", RenderJsonLines(diagnostics));
    Check(c, "sarif", RenderSarif(diagnostics, {"1.0", {}}));
    Check(c, "github", RenderGithub(diagnostics));
    Check(c, "gitlab", RenderGitlab(diagnostics));
    Check(c, "junit", RenderJunit(diagnostics, {file.name()}));
  }
}

// Runners of CI jobs read commands from what a job prints.
TEST(Report, LinesOfFilesAreNoCommands) {
  const std::string evil = "##[add-mask]a ##vso[task.complete]b";
  const SourceFile file("::error::a.yaml", "x: '" + evil + "'\n");
  const Diagnostics diagnostics = {
      diag::UnknownField(Find(file, evil), evil, evil, evil, evil)
          .WithLabel(Find(file, "x"), evil)
          .WithNote(evil)
          .WithFix({evil, {{Find(file, "x"), evil}}, true})};
  const std::string json = RenderJsonLines(diagnostics);
  for (const std::string& report :
       {json, RenderSarif(diagnostics), RenderGitlab(diagnostics),
        RenderJunit(diagnostics, {file.name()}),
        LinesWithoutCommands(RenderText(diagnostics)),
        LinesWithoutCommands(RenderShort(diagnostics))}) {
    EXPECT_EQ(report.find("##"), std::string::npos) << report;
    EXPECT_NE(report.substr(0, 2), "::") << report;
  }
  const absl::StatusOr<json::Value> parsed = json::Parse(json);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ((*parsed).Get({"args", "field"}).string_or(), evil) << json;
}

TEST(CommandText, Lines) {
  EXPECT_EQ(LinesWithoutCommands("a ##[b]\n ::c::d\n##vso[e]\n#[ a::b\n"),
            "a #\\x23[b]\n \\x3A:c::d\n#\\x23vso[e]\n#[ a::b\n");
  EXPECT_EQ(LinesWithoutCommands(""), "");
  EXPECT_EQ(XmlWithoutCommands("###[x]"), "##&#35;[x]");
}

TEST(Report, Color) {
  const Case c = Cases()[0];
  const SourceFile file("devspace.yaml", c.text);
  TextOptions options;
  options.color = true;
  const std::string text = RenderText(c.make(file), options);
  Check(c, "color", text);
  // Nothing leaks into the next line, and without colour there is none.
  EXPECT_EQ(RenderText(c.make(file)).find('\033'), std::string::npos);
}

TEST(Report, Limit) {
  const SourceFile file("devspace.yaml", "a: 1\n");
  Diagnostics many(52, diag::YamlTab({&file, 0, 1}));
  many.back().severity = diag::Severity::kWarning;
  const std::string rest = "... 2 more not shown (1 error, 1 warning)\n";
  const std::string text = RenderText(many);
  EXPECT_EQ(text.substr(text.size() - rest.size()), rest);
  const std::string short_text = RenderShort(many);
  EXPECT_EQ(short_text.substr(short_text.size() - rest.size()), rest);
  TextOptions options;
  options.limit = 0;
  EXPECT_EQ(RenderText(many, options).find("not shown"), std::string::npos);
}

TEST(Report, Counts) {
  EXPECT_EQ(CountText({}), "");
  const Diagnostics diagnostics = {diag::YamlTab({}), diag::YamlTab({}),
                                   diag::UnknownTag({}, "!x")};
  EXPECT_EQ(CountText(diagnostics), "2 errors, 1 warning");
}

struct UriCase {
  const char* name;
  const char* root;
  const char* uri;
};

TEST(Sarif, Uris) {
  for (const UriCase& c : std::vector<UriCase>{
           {"devspace.yaml", "", "devspace.yaml"},
           {"./a/./b.yaml", "", "a/./b.yaml"},
           {"/w/p/devspace.yaml", "/w/p", "devspace.yaml"},
           {"/w/p/devspace.yaml", "/w/p/", "devspace.yaml"},
           {"/w/pq/devspace.yaml", "/w/p", "file:///w/pq/devspace.yaml"},
           {"/other/x y.yaml", "/w/p", "file:///other/x%20y.yaml"},
           {"caf\xC3\xA9#1.yaml", "", "caf%C3%A9%231.yaml"},
       }) {
    const SourceFile file(c.name, "a: 1\n");
    const Diagnostics diagnostics = {diag::YamlTab({&file, 0, 1})};
    const std::string sarif =
        RenderSarif(diagnostics, {"", {c.root, "/elsewhere"}});
    EXPECT_NE(sarif.find(absl::StrCat("\"uri\": \"", c.uri, "\"")),
              std::string::npos)
        << sarif;
  }
}

// A title is a sentence without the holes of the message.
TEST(Sarif, Titles) {
  const SourceFile file("a.yaml", "a: 1\n");
  const Diagnostics diagnostics = {
      diag::UnknownAlias({&file, 0, 1}, "x", "hint")};
  const std::string sarif = RenderSarif(diagnostics);
  EXPECT_NE(sarif.find("\"text\": \"`*name` is an alias: it refers to a value "
                       "that is marked with `&name` further up\""),
            std::string::npos)
      << sarif;
  EXPECT_NE(sarif.find("\"helpUri\": "
                       "\"https://ovenbird.dev/messages/unknown-alias\""),
            std::string::npos);
}

TEST(Junit, FilesWithoutProblems) {
  const SourceFile bad("api/devspace.yaml", "a: 1\n");
  const Diagnostics diagnostics = {diag::YamlTab({&bad, 0, 1})};
  EXPECT_THAT(
      RenderJunit(diagnostics, {"web/devspace.yaml", "api/devspace.yaml"}),
      ::testing::HasSubstr(
          "<testsuites name=\"ovenbird\" tests=\"2\" failures=\"1\">"));
}

// A problem whose line has moved is the same one; two of a kind are two.
TEST(Gitlab, Fingerprints) {
  const auto render = [](const std::string& text) {
    const SourceFile file("a.yaml", text);
    const auto at = static_cast<uint32_t>(text.find("a: 1"));
    return RenderGitlab({diag::YamlTab({&file, at, at + 1}),
                         diag::YamlTab({&file, at, at + 1})});
  };
  const auto fingerprints = [](const std::string& report) {
    std::vector<std::string> found;
    const absl::StatusOr<json::Value> parsed = json::Parse(report);
    for (const json::Value& problem : parsed->items()) {
      found.emplace_back(problem["fingerprint"].string_or());
    }
    return found;
  };
  const std::vector<std::string> before = fingerprints(render("a: 1\n"));
  EXPECT_EQ(before, fingerprints(render("b: 2\n\na: 1\n")));
  ASSERT_EQ(before.size(), 2);
  EXPECT_NE(before[0], before[1]);
}

TEST(Github, Escaping) {
  const SourceFile file("a,b:c%.yaml", "x\ny\n");
  const Diagnostics diagnostics = {
      diag::YamlSyntax({&file, 0, 3}, "100%\r\n:, x").WithNote("two\nlines")};
  const std::string line = RenderGithub(diagnostics);
  EXPECT_EQ(line.substr(0, line.find("%0Ahelp")),
            "::error file=a%2Cb%3Ac%25.yaml,line=1,endLine=2,"
            "title=yaml-syntax::syntax error: 100%25\\r\\n:, x");
  EXPECT_NE(line.find("%0Anote: two%0Alines\n"), std::string::npos);
}

}  // namespace
}  // namespace ovenbird::report
