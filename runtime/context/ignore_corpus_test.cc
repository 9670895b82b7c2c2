// The cases of testdata/context/ignore: what Ovenbird would send is what
// `docker build` sends, as record/record.py saw it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/format_text.h"
#include "runtime/base/source_file.h"
#include "runtime/context/ignore.h"
#include "runtime/context/walk.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOk;

constexpr char kCorpus[] = "testdata/context/ignore";

using Lines = std::vector<std::string>;

Lines SplitLines(absl::string_view text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

bool IsHex(char c) { return absl::ascii_isdigit(c) || (c >= 'A' && c <= 'F'); }

std::string Decode(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && IsHex(text[i + 1]) &&
        IsHex(text[i + 2])) {
      out += static_cast<char>(
          std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string Encode(absl::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 32 && c < 127 && c != '%') {
      out += c;
    } else {
      out += FormatText("%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// Sections by name; the first line has the name "".
std::map<std::string, std::string> ReadCase(const fs::path& path) {
  auto text = ReadFile(path);
  EXPECT_THAT(text, IsOk());
  std::map<std::string, std::string> sections;
  std::string name;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (absl::ConsumePrefix(&line, "== ")) {
      name = std::string(line);
      sections[name];
    } else if (!line.empty() || name == "ignore") {
      absl::StrAppend(&sections[name], line, "\n");
    }
  }
  return sections;
}

void MakeTree(const std::string& root, const std::string& files) {
  fs::remove_all(root);
  for (const std::string& line : SplitLines(files)) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(line, " -> ");
    const fs::path path = root + "/" + Decode(parts.first);
    if (absl::EndsWith(line, "/")) {
      fs::create_directories(path);
      continue;
    }
    fs::create_directories(path.parent_path());
    if (!parts.second.empty()) {
      fs::create_symlink(Decode(parts.second), path);
    } else {
      std::ofstream(path) << "x";
    }
  }
  // Docker sees both; they are matched like all others.
  std::ofstream(root + "/.dockerignore") << "x";
  std::ofstream(root + "/Dockerfile") << "x";
}

// "refused", or the paths that are sent.
Lines Send(const std::string& root, const std::string& rules) {
  const SourceFile file(".dockerignore", Decode(rules));
  diag::Collector problems;
  const Ignore ignore = Ignore::Parse(file, problems);
  if (problems.has_errors()) return {"refused"};
  WalkOptions options;
  options.ignore = &ignore;
  auto walk = Walk(root, options);
  EXPECT_THAT(walk, IsOk());
  std::vector<std::string> paths;
  for (size_t i = 0; i < walk->listing.size(); ++i) {
    const bool folder = walk->listing[i].type == EntryType::kFolder;
    paths.push_back(absl::StrCat(walk->listing.Path(i), folder ? "/" : ""));
  }
  std::sort(paths.begin(), paths.end());
  for (std::string& path : paths) path = Encode(path);
  return paths;
}

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCorpus)) {
    names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class IgnoreCorpusTest : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, IgnoreCorpusTest,
                         ::testing::ValuesIn(CaseNames()),
                         [](const ::testing::TestParamInfo<std::string>& info) {
                           return info.param;
                         });

TEST_P(IgnoreCorpusTest, SendsWhatDockerSends) {
  auto sections = ReadCase(absl::StrCat(kCorpus, "/", GetParam(), ".case"));
  ASSERT_TRUE(sections.count("buildkit") && sections.count("classic"));
  const std::string root =
      absl::StrCat(::testing::TempDir(), "/corpus_", GetParam());
  MakeTree(root, sections["files"]);
  const Lines sent = Send(root, sections["ignore"]);
  fs::remove_all(root);
  EXPECT_EQ(sent, SplitLines(sections["buildkit"])) << sections[""];
  // Where Docker's old builder does otherwise, the case says why.
  if (sent == SplitLines(sections["classic"])) {
    EXPECT_EQ(sections.count("why_classic_differs"), 0)
        << "it no longer differs";
  } else {
    EXPECT_EQ(sections.count("why_classic_differs"), 1)
        << sections[""] << "classic builder: " << sections["classic"];
  }
}

}  // namespace
}  // namespace ovenbird::context
