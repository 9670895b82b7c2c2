// How generated decoders behave. Each file of testdata/codegen/decode is a
// case:
//
//   scalar              the schema: testdata/codegen/scalar.proto
//   --- yaml
//   name: a             what is decoded
//   --- json
//   {"name":"a"}        what was decoded
//   --- problems
//   1:7 some-id ...     what was said of it
//
// tools/update.sh writes the last two parts anew.
#include "runtime/config/decode.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"
#include "testdata/codegen/enums.h"
#include "testdata/codegen/formats.h"
#include "testdata/codegen/imports.h"
#include "testdata/codegen/list.h"
#include "testdata/codegen/map.h"
#include "testdata/codegen/nested.h"
#include "testdata/codegen/rules.h"
#include "testdata/codegen/scalar.h"
#include "tools/testing/golden.h"

namespace ovenbird::config::decode {
namespace {

constexpr char kFolder[] = "testdata/codegen/decode";

// "line:column id path: message", below it what else it says.
std::string Text(const diag::Collector& collector) {
  std::string out;
  for (const diag::Diagnostic& problem : collector.Sorted()) {
    const auto place = [](Span span) {
      if (!span) return std::string("nowhere");
      const Position at = span.file->PositionAt(span.begin);
      return absl::StrCat(at.line, ":", at.column, "-", span.end - span.begin);
    };
    absl::StrAppend(&out, place(problem.span), " ", problem.rule->id, " ",
                    problem.config_path, ": ", problem.message, "\n");
    if (!problem.label.empty()) {
      absl::StrAppend(&out, "  label: ", problem.label, "\n");
    }
    for (const diag::Label& label : problem.labels) {
      absl::StrAppend(&out, "  label at ", place(label.span), ": ", label.text,
                      "\n");
    }
    if (!problem.help.empty()) {
      absl::StrAppend(&out, "  help: ", problem.help, "\n");
    }
    for (const diag::Fix& fix : problem.fixes) {
      absl::StrAppend(&out, fix.safe ? "  safe fix: " : "  fix: ", fix.title,
                      "\n");
    }
  }
  return out;
}

struct Decoded {
  std::string json;
  std::string problems;
};

template <typename Root>
Decoded DecodeRoot(const std::string& text) {
  const SourceFile file("test.yaml", text);
  yaml::Arena arena;
  diag::Collector collector;
  const yaml::Node* node = yaml::Parse(file, arena, collector);
  Root root;
  Context context(&collector);
  Decode(*node, context, &root);
  // What was written reads back as the same.
  const SourceFile again("again.yaml", ToYaml(root));
  diag::Collector ignored;
  Root copy;
  Context copy_context(&ignored);
  Decode(*yaml::Parse(again, arena, ignored), copy_context, &copy);
  EXPECT_TRUE(copy == root) << again.text();
  return {absl::StrCat(ToJson(root), "\n"), Text(collector)};
}

Decoded DecodeBy(const std::string& schema, const std::string& text) {
  static const auto& schemas =
      *new std::map<std::string, Decoded (*)(const std::string&)>{
          {"enums", &DecodeRoot<testdata::enums::Root>},
          {"formats", &DecodeRoot<testdata::formats::Root>},
          {"imports", &DecodeRoot<testdata::imports::Root>},
          {"list", &DecodeRoot<testdata::list::Root>},
          {"map", &DecodeRoot<testdata::map::Root>},
          {"nested", &DecodeRoot<testdata::nested::Root>},
          {"rules", &DecodeRoot<testdata::rules::Root>},
          {"scalar", &DecodeRoot<testdata::scalar::Root>},
      };
  return schemas.at(schema)(text);
}

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class DecodeTest : public ::testing::TestWithParam<std::string> {};

TEST_P(DecodeTest, SaysWhatIsWrongAndKeepsTheRest) {
  const std::string path = absl::StrCat(kFolder, "/", GetParam(), ".case");
  std::stringstream buffer;
  buffer << std::ifstream(path).rdbuf();
  const std::string have = buffer.str();
  const std::vector<std::string> head =
      absl::StrSplit(have, absl::MaxSplits("\n--- yaml\n", 1));
  const std::vector<std::string> body =
      absl::StrSplit(head.at(1), absl::MaxSplits("--- json\n", 1));
  const Decoded got = DecodeBy(head[0], body.at(0));
  const std::string want =
      absl::StrCat(head[0], "\n--- yaml\n", body[0], "--- json\n", got.json,
                   "--- problems\n", got.problems);
  ovenbird::testing::ExpectGolden(path, want);
}

INSTANTIATE_TEST_SUITE_P(All, DecodeTest, ::testing::ValuesIn(CaseNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace ovenbird::config::decode
