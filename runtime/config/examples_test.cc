// Every example in the schema of the config loads without a diagnostic.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/config/decode.h"
#include "runtime/config/field_info.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {
namespace {

// An example in its place: a whole document with nothing but the way there.
class ExampleWalk {
 public:
  int examples() const { return examples_; }

  void Message(const MessageInfo& info) {
    for (const char* example : info.examples) Check(info.name, example, false);
    if (!seen_.insert(&info).second) return;
    for (const FieldInfo& field : info.fields) Field(field);
  }

 private:
  void Field(const FieldInfo& field) {
    keys_.push_back(std::string(field.name));
    for (const char* example : field.examples) Check(field.name, example, true);
    const MemberOps& ops = *field.member.ops;
    if (ops.kind == Kind::kMessage) {
      if (ops.shape == Shape::kList) keys_.push_back("-");
      if (ops.shape == Shape::kMap) keys_.push_back("x");
      Message(ops.message());
      if (ops.shape != Shape::kOne) keys_.pop_back();
    }
    keys_.pop_back();
  }

  // Problems of the way itself (what else is required there) are of no
  // interest.
  void Check(absl::string_view what, absl::string_view example, bool field) {
    ++examples_;
    std::string text;
    std::string indent;
    std::string path;
    for (const std::string& key : keys_) {
      const bool item = key == "-";
      absl::StrAppend(&text, indent, item ? "-" : absl::StrCat(key, ":"), "\n");
      absl::StrAppend(&path,
                      item           ? "[0]"
                      : path.empty() ? ""
                                     : ".",
                      item ? "" : key);
      indent += "  ";
    }
    for (absl::string_view line : absl::StrSplit(example, '\n')) {
      absl::StrAppend(&text, indent, line, "\n");
    }
    const SourceFile file("example.yaml", text);
    yaml::Arena arena;
    diag::Collector collector;
    const yaml::Node* node = yaml::Parse(file, arena, collector);
    ASSERT_NE(node, nullptr) << text;
    Config config;
    decode::Context context(&collector);
    Decode(*node, context, &config);
    for (const diag::Diagnostic& problem : collector.diagnostics()) {
      EXPECT_FALSE(absl::StartsWith(problem.config_path, path))
          << "example of " << what << (field ? " (option)" : " (section)")
          << ": " << problem.rule->id << ": " << problem.message << "\n"
          << text;
    }
  }

  int examples_ = 0;
  std::vector<std::string> keys_;
  std::set<const MessageInfo*> seen_;
};

TEST(ExamplesTest, AllOfTheSchemaLoad) {
  ExampleWalk walk;
  walk.Message(InfoOf(static_cast<const Config*>(nullptr)));
  EXPECT_GT(walk.examples(), 100);
}

}  // namespace
}  // namespace ovenbird::config
