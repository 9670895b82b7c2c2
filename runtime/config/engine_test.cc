// Which options an engine has no use for; see testdata/codegen/rules.proto.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/decode.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"
#include "testdata/codegen/rules.h"

namespace ovenbird::config::decode {
namespace {

std::vector<std::string> Ignored(const char* text, const char* engine) {
  const SourceFile file("test.yaml", text);
  yaml::Arena arena;
  diag::Collector decoding;
  diag::Collector ignored;
  testdata::rules::Root root;
  Context context(&decoding);
  Decode(*yaml::Parse(file, arena, decoding), context, &root);
  Context check(&ignored);
  CheckEngine(root, engine, check);
  std::vector<std::string> lines;
  for (const diag::Diagnostic& problem : ignored.Sorted()) {
    const Position at = file.PositionAt(problem.span.begin);
    lines.push_back(absl::StrCat(at.line, ":", at.column, " ",
                                 problem.config_path, ": ", problem.message));
  }
  return lines;
}

TEST(EngineTest, WarnsAtOptionsThatTheEngineIgnores) {
  using Lines = std::vector<std::string>;
  constexpr char kText[] =
      "secret: a\n"
      "mode: x\n"
      "part: {on: true}\n"
      "parts:\n"
      "- on: true\n"
      "- on: false\n";
  EXPECT_EQ(Ignored(kText, "kubernetes"), Lines());
  EXPECT_EQ(
      Ignored(kText, "local"),
      Lines({"3:1 part: option `part` has no effect with engine `local`"}));
  EXPECT_EQ(Ignored(kText, "docker"),
            Lines({"2:1 mode: option `mode` has no effect with engine `docker`",
                   "3:1 part: option `part` has no effect with engine `docker`",
                   "5:3 parts[0].on: option `on` has no effect with engine "
                   "`docker`"}));
}

TEST(EngineTest, AValueAtItsDefaultIsNoReasonToWarn) {
  EXPECT_TRUE(
      Ignored("secret: a\nparts: [{on: false}, {}]\n", "docker").empty());
}

TEST(EngineTest, StructsWithoutASourceAreCheckedToo) {
  diag::Collector ignored;
  Context context(&ignored);
  testdata::rules::Root root;
  root.mode = "x";
  CheckEngine(root, "docker", context);
  ASSERT_EQ(ignored.diagnostics().size(), 1u);
  EXPECT_FALSE(ignored.diagnostics()[0].span);
}

}  // namespace
}  // namespace ovenbird::config::decode
