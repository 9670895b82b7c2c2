// The names in generated code, and that each header can be included alone (its
// own .cc does that first), together with the others, and twice.
#include <string>
#include <type_traits>

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "testdata/codegen/diagnostics.h"
#include "testdata/codegen/enums.h"
#include "testdata/codegen/formats.h"
#include "testdata/codegen/imports.h"
#include "testdata/codegen/list.h"
#include "testdata/codegen/map.h"
#include "testdata/codegen/nasty.h"
#include "testdata/codegen/nested.h"
#include "testdata/codegen/objects.h"
#include "testdata/codegen/rules.h"
#include "testdata/codegen/scalar.h"
// Twice.
#include "testdata/codegen/diagnostics.h"  // NOLINT
#include "testdata/codegen/nasty.h"        // NOLINT
#include "testdata/codegen/objects.h"      // NOLINT

namespace ovenbird::testdata {
namespace {

TEST(CompileTest, NastyNamesGetAnUnderscoreInCppAndStayInTheDocument) {
  nasty::Root root;
  root.class_ = "1";
  root.requires_ = "2";
  root.source_ = "3";
  root.Root_ = "4";
  root.Kind_ = "5";
  root.std_2 = "6";
  root.ovenbird_2 = "7";
  root.class_2 = "8";
  root.errno_ = "9";
  root.a_1_b2 = "10";
  root.write = nasty::Write_::kNull;
  root.strange = "11";
  root.inner = nasty::OuterInner{1, nullptr};
  root.absl_ = "12";
  EXPECT_EQ(ToJson(root),
            R"({"class":"1","requires":"2","source":"3","root":"4",)"
            R"("kind":"5","std":"6","ovenbird":"7","class_":"8","errno":"9",)"
            R"("a1B2":"10","write":"null","a.b \"c\"":"11","inner":{"x":1},)"
            R"("absl":"12"})");
  EXPECT_EQ(root.lowest, INT64_MIN);
  EXPECT_EQ(root.lowest32, INT32_MIN);
  EXPECT_EQ(static_cast<int>(nasty::Write_::kNegative), -1);
  EXPECT_EQ(ToString(static_cast<nasty::Write_>(99)), "");
}

TEST(CompileTest, MembersHaveTheTypesThatTheSchemaSays) {
  using scalar::Root;
  static_assert(std::is_same_v<decltype(Root::name), std::string>);
  static_assert(std::is_same_v<decltype(Root::cache), bool>);
  static_assert(std::is_same_v<decltype(Root::strict), std::optional<bool>>);
  static_assert(std::is_same_v<decltype(Root::port), int32_t>);
  static_assert(std::is_same_v<decltype(Root::size), std::optional<int64_t>>);
  static_assert(std::is_same_v<decltype(Root::ratio), double>);
  static_assert(std::is_same_v<decltype(list::Root::holes),
                               std::vector<std::optional<std::string>>>);
  static_assert(
      std::is_same_v<
          decltype(map::Root::args),
          std::vector<std::pair<std::string, std::optional<std::string>>>>);
  static_assert(std::is_same_v<decltype(nested::Tree::left),
                               config::Boxed<nested::Tree>>);
  static_assert(
      std::is_same_v<decltype(nested::Root::extra), const yaml::Node*>);
  static_assert(std::is_same_v<decltype(imports::Root::kaniko),
                               config::Boxed<nested::Kaniko>>);
  static_assert(std::is_same_v<decltype(objects::Pod::affinity), json::Value>);
  const Root root;
  EXPECT_EQ(root.text, "a \"b\" \\ ?\?/");
  EXPECT_EQ(imports::Root().mode, enums::Mode::kTime);
}

TEST(CompileTest, DiagnosticsTakeTheirArguments) {
  const SourceFile file("f", "x");
  const Span span = {&file, 0, 1};
  EXPECT_EQ(diagnostics::UnknownThing(span, "a", "b").message,
            "unknown thing `a`");
  EXPECT_EQ(diagnostics::UnknownThing(span, "a", "b").label, "b");
  EXPECT_EQ(diagnostics::UnknownThing(span, "a", "b").help, "write `{thing}`");
  EXPECT_EQ(diagnostics::OddThing(span, "ns").severity,
            diag::Severity::kWarning);
  EXPECT_EQ(diagnostics::Rules().size(), 2u);
}

}  // namespace
}  // namespace ovenbird::testdata
