// Whatever the bytes are: the loader ends, reports what it refuses, and gives a
// tree whose places are inside of the file. What is written from the tree reads
// back as the same tree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/base/writer.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::yaml {
namespace {

// A fuzzer takes an abort for a finding.
void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n";
  std::abort();
}

void CheckSpan(Span span, const SourceFile& file) {
  Require(span.file == &file, "span has the file");
  Require(span.begin <= span.end, "span begins before it ends");
  Require(span.end <= file.text().size(), "span ends in the file");
}

// What begins like this ends like that.
void CheckEnds(const Node& node, const SourceFile& file) {
  const Span span = node.span();
  const absl::string_view text =
      absl::string_view(file.text()).substr(span.begin, span.end - span.begin);
  if (text.empty() || node.anchor()) return;
  if (node.is_sequence()) {
    Require(text[0] != '[' || text.back() == ']', "list ends with bracket");
  }
  if (node.is_scalar() && (text[0] == '"' || text[0] == '\'')) {
    Require(text.size() > 1 && text.back() == text[0], "quotes end");
  }
  // `!!int "5"` and `!!int |` are plain by their tag.
  const bool looks_plain =
      absl::string_view("\"'|>").find(text[0]) == absl::string_view::npos;
  if (node.is_scalar() && node.style() == Style::kPlain && looks_plain &&
      !node.scalar().empty()) {
    Require(text[0] == node.scalar()[0], "plain text begins with itself");
    Require(text.back() == node.scalar().back(), "plain text ends with itself");
  }
}

// Aliases can make the tree far larger than the text.
void Check(const Node& node, const SourceFile& file, int* budget) {
  if (--*budget < 0) return;
  CheckSpan(node.span(), file);
  CheckEnds(node, file);
  for (const Node* item : node.items()) Check(*item, file, budget);
  for (const Entry& entry : node.entries()) {
    CheckSpan(entry.key_span(), file);
    Check(*entry.value(), file, budget);
  }
  static_cast<void>(ScalarText(node));
}

void WriteNode(const Node& node, Writer& out, int* budget) {
  if (--*budget < 0) return out.Null();
  switch (node.kind()) {
    case Kind::kNull:
      return out.Null();
    case Kind::kScalar:
      return out.String(node.scalar());
    case Kind::kSequence:
      out.BeginArray();
      for (const Node* item : node.items()) WriteNode(*item, out, budget);
      return out.EndArray();
    case Kind::kMapping:
      out.BeginObject();
      for (const Entry& entry : node.entries()) {
        out.Key(entry.key());
        WriteNode(*entry.value(), out, budget);
      }
      return out.EndObject();
  }
}

void RequireSame(const Node& written, const Node& read, int* budget) {
  if (--*budget < 0) return;
  Require(written.kind() == read.kind(), "kind survives");
  if (read.is_scalar()) {
    Require(written.scalar() == read.scalar(), "text survives");
    Require(ResolveScalar(read).type == ScalarType::kString,
            "text stays a text");
  }
  Require(written.items().size() == read.items().size(), "items survive");
  for (size_t i = 0; i < read.items().size(); ++i) {
    RequireSame(*written.items()[i], *read.items()[i], budget);
  }
  Require(written.entries().size() == read.entries().size(), "keys survive");
  for (size_t i = 0; i < read.entries().size(); ++i) {
    Require(written.entries()[i].key() == read.entries()[i].key(),
            "key survives");
    RequireSame(*written.entries()[i].value(), *read.entries()[i].value(),
                budget);
  }
}

constexpr int kBudget = 20000;

void CheckRoundTrip(const Node& root) {
  std::string text;
  YamlWriter out(&text);
  int budget = kBudget;
  WriteNode(root, out, &budget);
  if (budget < 0) return;
  const SourceFile file("written.yaml", text);
  Arena arena;
  diag::Collector problems;
  const Node* read = Parse(file, arena, problems);
  if (read == nullptr || problems.has_errors()) {
    std::cerr << text << "\n";
    for (const diag::Diagnostic& d : problems.diagnostics()) {
      std::cerr << d.message << "\n";
    }
  }
  Require(read != nullptr, "what is written can be read");
  Require(!problems.has_errors(), "what is written has no problems");
  budget = kBudget;
  RequireSame(root, *read, &budget);
}

}  // namespace
}  // namespace ovenbird::yaml

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ovenbird::SourceFile file(
      "fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
  ovenbird::yaml::Arena arena;
  ovenbird::diag::Collector problems;
  const ovenbird::yaml::Node* root =
      ovenbird::yaml::Parse(file, arena, problems);
  ovenbird::yaml::Require(root != nullptr || problems.has_errors(),
                          "without a tree there is an error");
  if (root != nullptr) {
    int budget = ovenbird::yaml::kBudget;
    ovenbird::yaml::Check(*root, file, &budget);
    ovenbird::yaml::CheckRoundTrip(*root);
  }
  return 0;
}
