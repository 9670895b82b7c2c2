#include "runtime/config/reflect.h"

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/config/boxed.h"
#include "runtime/config/field_info.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {

// Messages with a member of every kind and shape, and their tables, as codegen
// makes them.
struct Inner {
  std::string name = "none";
  Boxed<Inner> inner;
};

enum class Color { kRed = 0, kBlue = 7 };

struct Sample {
  bool on = false;
  int32_t small = 1;
  std::optional<int64_t> large;
  double ratio = 0.5;
  std::string text;
  std::optional<Color> color;
  Boxed<Inner> inner;
  const yaml::Node* node = nullptr;
  json::Value json;
  std::vector<std::string> list;
  std::vector<std::optional<std::string>> holes;
  std::vector<std::pair<std::string, int32_t>> map;
  std::vector<Inner> inners;
  std::vector<std::string> kept;
  const yaml::Node* source = nullptr;
};

namespace {

const EnumInfo& ColorInfo() {
  static constexpr std::array<EnumValueInfo, 2> kValues = {{
      {"red", 0},
      {"blue", 7},
  }};
  static const EnumInfo& info =
      *new EnumInfo{.name = "Color", .docs = "", .values = kValues};
  return info;
}

FieldInfo Row(absl::string_view name, Member member, uint8_t flags = 0) {
  FieldInfo field;
  field.name = name;
  field.member = member;
  field.flags = flags;
  return field;
}

}  // namespace

const EnumInfo& InfoOf(const Color*) { return ColorInfo(); }

const MessageInfo& InfoOf(const Inner*) {
  static const std::array<FieldInfo, 2>& fields = *new std::array<FieldInfo, 2>{
      Row("name", MemberOf<&Inner::name>(), kRequired),
      Row("inner", MemberOf<&Inner::inner>())};
  static const MessageInfo& info = *new MessageInfo{
      .name = "Inner", .fields = fields, .defaults = &DefaultsOf<Inner>};
  return info;
}

const MessageInfo& InfoOf(const Sample*) {
  static const std::vector<FieldInfo>& fields = *new std::vector<FieldInfo>{
      Row("on", MemberOf<&Sample::on>()),
      Row("small", MemberOf<&Sample::small>()),
      Row("large", MemberOf<&Sample::large>()),
      Row("ratio", MemberOf<&Sample::ratio>()),
      Row("text", MemberOf<&Sample::text>(), kRequired),
      Row("color", MemberOf<&Sample::color>()),
      Row("inner", MemberOf<&Sample::inner>()),
      Row("node", MemberOf<&Sample::node>()),
      Row("json", MemberOf<&Sample::json>()),
      Row("list", MemberOf<&Sample::list>()),
      Row("holes", MemberOf<&Sample::holes>()),
      Row("map", MemberOf<&Sample::map>()),
      Row("inners", MemberOf<&Sample::inners>()),
      Row("kept", MemberOf<&Sample::kept>(), kKeepEmpty)};
  static const MessageInfo& info = *new MessageInfo{
      .name = "Sample", .fields = fields, .defaults = &DefaultsOf<Sample>};
  return info;
}

namespace {

const MessageInfo& Info() {
  return InfoOf(static_cast<const Sample*>(nullptr));
}

std::string Set(const Sample& sample) {
  return ToJson([&](Writer& writer) { WriteSet(Info(), &sample, writer); });
}

std::string Changed(const Sample& sample) {
  return ToJson([&](Writer& writer) { WriteChanged(Info(), &sample, writer); });
}

// Texts of YAML as nodes that live as long as this.
class Nodes {
 public:
  const yaml::Node* Parse(const std::string& text) {
    files_.push_back(std::make_unique<SourceFile>("f", text));
    diag::Collector problems;
    const yaml::Node* node = yaml::Parse(*files_.back(), arena_, problems);
    EXPECT_EQ(problems.errors(), 0) << text;
    return node;
  }

 private:
  std::vector<std::unique_ptr<SourceFile>> files_;
  yaml::Arena arena_;
};

constexpr char kDefaults[] =
    R"({"on":false,"small":1,"ratio":0.5,"text":"","kept":[]})";

TEST(ReflectTest, WithoutWhatIsAbsentOrEmpty) {
  EXPECT_EQ(Set({}), kDefaults);
  // Required fields are written although they have their default.
  EXPECT_EQ(Changed({}), R"({"text":""})");
}

TEST(ReflectTest, EveryKindAndShape) {
  Nodes nodes;
  Sample sample;
  sample.on = true;
  sample.small = std::numeric_limits<int32_t>::min();
  sample.large = std::numeric_limits<int64_t>::max();
  sample.ratio = -1e300;
  sample.text = "a\"\n";
  sample.color = Color::kBlue;
  sample.inner.emplace().inner.emplace().name = "deep";
  sample.node = nodes.Parse("{b: 1, a: [x, 0x10, ~, 'true', 1.50, yes]}");
  sample.json = *json::Parse(R"({"z":[1,null,"t",true,2.5,{}],"a":{}})");
  sample.list = {"", "x"};
  sample.holes = {"a", std::nullopt};
  sample.map = {{"z", 1}, {"a", 2}};
  sample.inners = {{}, {"n", {}}};
  // In the order of the table; keys of maps in that of the document.
  EXPECT_EQ(Set(sample),
            R"({"on":true,"small":-2147483648,"large":9223372036854775807,)"
            R"("ratio":-1e+300,"text":"a\"\n","color":"blue",)"
            R"("inner":{"name":"none","inner":{"name":"deep"}},)"
            R"("node":{"b":1,"a":["x",16,null,"true",1.5,true]},)"
            R"("json":{"z":[1,null,"t",true,2.5,{}],"a":{}},)"
            R"("list":["","x"],"holes":["a",null],"map":{"z":1,"a":2},)"
            R"("inners":[{"name":"none"},{"name":"n"}],"kept":[]})");
  EXPECT_TRUE(Equal(Info(), &sample, &sample));
  const Sample copy = sample;
  EXPECT_TRUE(Equal(Info(), &sample, &copy));
}

TEST(ReflectTest, EachChangedFieldIsWrittenAlone) {
  Nodes nodes;
  struct Case {
    std::function<void(Sample&)> change;
    const char* written;  // after the required field
  };
  const Case kCases[] = {
      {[](Sample& s) { s.on = true; }, R"({"on":true,"text":""})"},
      {[](Sample& s) { s.small = 0; }, R"({"small":0,"text":""})"},
      {[](Sample& s) { s.large = 0; }, R"({"large":0,"text":""})"},
      {[](Sample& s) { s.ratio = 0; }, R"({"ratio":0,"text":""})"},
      {[](Sample& s) { s.text = "a"; }, R"({"text":"a"})"},
      // A given value that has number 0 is not an absent one.
      {[](Sample& s) { s.color = Color::kRed; },
       R"({"text":"","color":"red"})"},
      {[](Sample& s) { s.inner.emplace(); },
       R"({"text":"","inner":{"name":"none"}})"},
      {[&](Sample& s) { s.node = nodes.Parse("[]"); },
       R"({"text":"","node":[]})"},
      {[](Sample& s) { s.json = json::Value(false); },
       R"({"text":"","json":false})"},
      {[](Sample& s) { s.list = {""}; }, R"({"text":"","list":[""]})"},
      {[](Sample& s) { s.holes = {std::nullopt}; },
       R"({"text":"","holes":[null]})"},
      {[](Sample& s) {
         s.map = {{"", 0}};
       },
       R"({"text":"","map":{"":0}})"},
      {[](Sample& s) { s.inners.emplace_back(); },
       R"({"text":"","inners":[{"name":"none"}]})"},
      {[](Sample& s) { s.kept = {"k"}; }, R"({"text":"","kept":["k"]})"},
  };
  ASSERT_EQ(std::size(kCases), Info().fields.size());
  for (size_t i = 0; i < std::size(kCases); ++i) {
    Sample sample;
    kCases[i].change(sample);
    EXPECT_EQ(Changed(sample), kCases[i].written);
    const Sample defaults;
    EXPECT_FALSE(Equal(Info(), &sample, &defaults)) << kCases[i].written;
    EXPECT_FALSE(Equal(Info(), &defaults, &sample)) << kCases[i].written;
    // The others are equal.
    for (size_t j = 0; j < Info().fields.size(); ++j) {
      EXPECT_EQ(EqualField(Info().fields[j], &sample, &defaults), i != j)
          << kCases[i].written << " " << Info().fields[j].name;
    }
  }
}

TEST(ReflectTest, ListsAndMapsAreComparedInOrder) {
  const auto equal = [](const Sample& a, const Sample& b) {
    return Equal(Info(), &a, &b);
  };
  Sample a;
  a.list = {"x", "y"};
  a.map = {{"x", 1}, {"y", 2}};
  Sample b = a;
  EXPECT_TRUE(equal(a, b));
  b.list = {"y", "x"};
  EXPECT_FALSE(equal(a, b));
  b = a;
  b.map = {{"y", 2}, {"x", 1}};
  EXPECT_FALSE(equal(a, b));
  b.map = {{"x", 1}};
  EXPECT_FALSE(equal(a, b));
  b.map = {{"x", 1}, {"z", 2}};
  EXPECT_FALSE(equal(a, b));
  // A null item and an empty one differ.
  b = a;
  a.holes = {""};
  b.holes = {std::nullopt};
  EXPECT_FALSE(equal(a, b));
  EXPECT_FALSE(equal(b, a));
}

TEST(ReflectTest, TheSourceIsNotCompared) {
  Nodes nodes;
  Sample a;
  a.source = nodes.Parse("{a: 1}");
  const Sample b;
  EXPECT_TRUE(Equal(Info(), &a, &b));
}

TEST(ReflectTest, NodesAreEqualIfTheyAreWrittenAlike) {
  Nodes nodes;
  struct Case {
    const char* a;
    const char* b;
    bool equal;
  };
  for (const Case& c :
       {Case{"a: 1", "{\"a\": 0x1} # one", true}, Case{"[yes]", "[true]", true},
        Case{"1.50", "1.5", true}, Case{"'1'", "1", false},
        Case{"{a: 1, b: 2}", "{b: 2, a: 1}", false}, Case{"[]", "{}", false},
        Case{"[1]", "[1, 1]", false}, Case{"''", "~", false}}) {
    Sample a;
    Sample b;
    a.node = nodes.Parse(c.a);
    b.node = nodes.Parse(c.b);
    EXPECT_EQ(Equal(Info(), &a, &b), c.equal) << c.a << " | " << c.b;
    EXPECT_EQ(Equal(Info(), &b, &a), c.equal) << c.a << " | " << c.b;
  }
}

TEST(ReflectTest, Yaml) {
  Nodes nodes;
  const auto yaml = [&](const char* text) {
    const yaml::Node* node = nodes.Parse(text);
    return ToYaml([&](Writer& writer) { WriteNode(node, writer); });
  };
  EXPECT_EQ(yaml("{a: {}, b: [], c: [[1], x], d: 'no', e: ''}"),
            "a: {}\n"
            "b: []\n"
            "c:\n"
            "- - 1\n"
            "- x\n"
            "d: \"no\"\n"
            "e: \"\"\n");
  EXPECT_EQ(yaml(""), "null\n");
  EXPECT_EQ(ToJson([](Writer& writer) { WriteNode(nullptr, writer); }), "null");
}

TEST(ReflectTest, TextsOfEnums) {
  EXPECT_EQ(EnumText(ColorInfo(), 0), "red");
  EXPECT_EQ(EnumText(ColorInfo(), 7), "blue");
  EXPECT_EQ(EnumText(ColorInfo(), 1), "");
}

TEST(ReflectTest, ScalarsAreCopiedByTheirKind) {
  const bool on = true;
  bool on_copy = false;
  CopyScalar(Kind::kBool, &on, &on_copy);
  EXPECT_TRUE(on_copy);
  const int32_t small = -5;
  std::array<int32_t, 2> pair = {0, 9};
  CopyScalar(Kind::kInt32, &small, pair.data());
  EXPECT_EQ(pair[0], -5);
  EXPECT_EQ(pair[1], 9) << "no byte too many";
  const int64_t large = int64_t{1} << 40;
  int64_t large_copy = 0;
  CopyScalar(Kind::kInt64, &large, &large_copy);
  EXPECT_EQ(large_copy, large);
  const double ratio = 0.1;
  double ratio_copy = 0;
  CopyScalar(Kind::kDouble, &ratio, &ratio_copy);
  EXPECT_EQ(ratio_copy, 0.1);
  const Color blue = Color::kBlue;
  Color color = Color::kRed;
  CopyScalar(Kind::kEnum, &blue, &color);
  EXPECT_EQ(color, Color::kBlue);
  // A string owns memory: its bytes must not be copied.
  const std::string text = "a";
  std::string text_copy = "b";
  CopyScalar(Kind::kString, &text, &text_copy);
  EXPECT_EQ(text_copy, "b");
}

}  // namespace
}  // namespace ovenbird::config
