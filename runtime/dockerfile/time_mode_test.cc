#include "runtime/dockerfile/time_mode.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/lint.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

// What stands before each RUN of the table; tools/time_mode has the files.
constexpr char kFrame[] =
    "FROM base\n"
    "ENV APP_HOME=/app GOPATH=/go DATA_DIR=/srv/data-dir VER=1\n"
    "WORKDIR /app\n"
    "COPY . .\n"
    "COPY start.sh /start.sh\n"
    "COPY entrypoint.sh /usr/local/bin/\n";

struct Row {
  std::string measured;  // lost, kept
  std::string says;      // lost, kept, unsure
  std::string run;
};

std::vector<Row> Table() {
  const absl::StatusOr<std::string> text =
      ReadFile("testdata/dockerfile/time_mode.txt");
  EXPECT_TRUE(text.ok()) << text.status();
  std::vector<Row> rows;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> columns =
        absl::StrSplit(line, absl::MaxSplits('\t', 2));
    EXPECT_EQ(columns.size(), 3) << line;
    rows.push_back({columns[0], columns[1], columns[2]});
  }
  return rows;
}

std::string WhatLintSays(const std::string& run) {
  const SourceFile file("Dockerfile", absl::StrCat(kFrame, run, "\n"));
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  Lint(dockerfile, {"x", "time", {0}}, problems);
  std::string says = "kept";
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    const std::string id = problem.rule->id;
    // Lost in mode `full` too, which is what a table of `time` calls kept.
    if (id == "kaniko-extended-attributes") return "lost";
    EXPECT_EQ(id, "kaniko-time-mode") << run << problem.message;
    if (absl::StrContains(problem.message, " is lost ")) return "lost";
    says = "unsure";
  }
  return says;
}

TEST(TimeModeTest, Table) {
  for (const Row& row : Table()) {
    EXPECT_EQ(WhatLintSays(row.run), row.says) << row.run;
  }
}

// Of the measured lines, how many warnings are wrong and how many are missing.
// A new number changes the owner of the files in a user's home.
TEST(TimeModeTest, OptionsOfUsermodInEachForm) {
  for (const char* option :
       {"-u 1234", "-u1234", "-ou 1234", "-ou1234", "--uid 1234", "--uid=1234",
        "-g 12", "-g12", "--gid=12"}) {
    EXPECT_EQ(WhatLintSays(absl::StrCat("RUN usermod ", option, " app")),
              "unsure")
        << option;
  }
  for (const char* option :
       {"-aG sudo", "-s /bin/bash", "-cguest", "--shell=/bin/ug"}) {
    EXPECT_EQ(WhatLintSays(absl::StrCat("RUN usermod ", option, " app")),
              "kept")
        << option;
  }
}

TEST(TimeModeTest, Figures) {
  double rows = 0, wrong = 0, missed = 0, unsure = 0, lost = 0, warnings = 0;
  for (const Row& row : Table()) {
    ++rows;
    lost += row.measured == "lost";
    warnings += row.says != "kept";
    unsure += row.says == "unsure";
    wrong += row.measured == "kept" && row.says == "lost";
    missed += row.measured == "lost" && row.says == "kept";
  }
  EXPECT_GE(rows, 150);
  EXPECT_LE(wrong / warnings, 0.02) << wrong << " of " << warnings;
  EXPECT_LE(missed / lost, 0.05) << missed << " of " << lost;
  EXPECT_LE(unsure / rows, 0.15) << unsure << " of " << rows;
}

}  // namespace
}  // namespace ovenbird::dockerfile
