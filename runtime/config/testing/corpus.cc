// For agreement_test: decodes each document of the corpora with the generated
// decoder and prints a line of JSON for it:
//   {"name": ..., "schema": ..., "accepted": true, "errors": [ID: TEXT...],
//    "document": ...}
//
//   corpus SCHEMA FILE...   documents of that schema; a .case file says its
//   own,
//                           and so does each line of a .lines file; files of
//                           another kind than .yaml are ignored
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/source_file.h"
#include "runtime/base/writer.h"
#include "runtime/config/config.h"
#include "runtime/config/decode.h"
#include "runtime/config/reflect.h"
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

namespace ovenbird::config {
namespace {

template <typename Root>
void DecodeAs(const yaml::Node& node, decode::Context& context) {
  Root root;
  Decode(node, context, &root);
}

using DecodeFn = void (*)(const yaml::Node&, decode::Context&);

DecodeFn DecoderOf(const std::string& schema) {
  static const auto& decoders = *new std::map<std::string, DecodeFn>{
      {"config", &DecodeAs<Config>},
      {"enums", &DecodeAs<testdata::enums::Root>},
      {"formats", &DecodeAs<testdata::formats::Root>},
      {"imports", &DecodeAs<testdata::imports::Root>},
      {"list", &DecodeAs<testdata::list::Root>},
      {"map", &DecodeAs<testdata::map::Root>},
      {"nested", &DecodeAs<testdata::nested::Root>},
      {"rules", &DecodeAs<testdata::rules::Root>},
      {"scalar", &DecodeAs<testdata::scalar::Root>},
  };
  return decoders.at(schema);
}

void Print(const std::string& name, const std::string& schema,
           const std::string& text) {
  const SourceFile file(name, text);
  yaml::Arena arena;
  diag::Collector parsing;
  const yaml::Node* node = yaml::Parse(file, arena, parsing);
  // The schema does not apply to a file that is not YAML.
  if (node == nullptr || parsing.has_errors()) return;
  diag::Collector collector;
  decode::Context context(&collector);
  DecoderOf(schema)(*node, context);
  std::string line;
  JsonWriter writer(&line);
  writer.BeginObject();
  writer.Key("name");
  writer.String(name);
  writer.Key("schema");
  writer.String(schema);
  writer.Key("accepted");
  writer.Bool(!collector.has_errors());
  writer.Key("errors");
  writer.BeginArray();
  for (const diag::Diagnostic& problem : collector.diagnostics()) {
    if (problem.severity == diag::Severity::kError) {
      writer.String(absl::StrCat(problem.rule->id, ": ", problem.message));
    }
  }
  writer.EndArray();
  writer.Key("document");
  WriteNode(node, writer);
  writer.EndObject();
  std::cout << line << "\n";
}

void PrintFile(const std::string& path, std::string schema) {
  std::stringstream buffer;
  buffer << std::ifstream(path).rdbuf();
  std::string text = buffer.str();
  if (absl::EndsWith(path, ".lines")) {
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      if (line.empty() || line[0] == '#') continue;
      const std::pair<std::string, std::string> pair =
          absl::StrSplit(line, absl::MaxSplits(' ', 1));
      Print(std::string(line), pair.first, pair.second);
    }
    return;
  }
  if (absl::EndsWith(path, ".case")) {
    const std::vector<std::string> head =
        absl::StrSplit(text, absl::MaxSplits("\n--- yaml\n", 1));
    const std::vector<std::string> body =
        absl::StrSplit(head.at(1), absl::MaxSplits("--- json\n", 1));
    schema = head[0];
    text = body[0];
  }
  if (schema == "config" && !absl::EndsWith(path, ".yaml")) return;
  Print(path, schema, text);
}

}  // namespace
}  // namespace ovenbird::config

int main(int argc, char** argv) {
  for (int i = 2; i < argc; ++i) {
    ovenbird::config::PrintFile(argv[i], argv[1]);
  }
}
