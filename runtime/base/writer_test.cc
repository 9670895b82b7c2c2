#include "runtime/base/writer.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace ovenbird {
namespace {

struct EventsCase {
  const char* name;
  std::function<void(Writer&)> write;
  std::string json;
  std::string yaml;
};

std::vector<EventsCase> EventsCases() {
  return {
      {"scalar", [](Writer& w) { w.String("a"); }, R"("a")", "a\n"},
      {"empty object",
       [](Writer& w) {
         w.BeginObject();
         w.EndObject();
       },
       "{}", "{}\n"},
      {"scalars of all types",
       [](Writer& w) {
         w.BeginArray();
         w.Int(-5);
         w.Double(1.5);
         w.Double(std::numeric_limits<double>::infinity());
         w.Bool(true);
         w.Bool(false);
         w.Null();
         w.EndArray();
       },
       "[-5,1.5,null,true,false,null]",
       "- -5\n- 1.5\n- null\n- true\n- false\n- null\n"},
      {"lists are not indented below their key",
       [](Writer& w) {
         w.BeginObject();
         w.Key("a");
         w.BeginArray();
         w.String("x");
         w.BeginObject();
         w.Key("b");
         w.Int(1);
         w.Key("c");
         w.BeginObject();
         w.Key("d");
         w.BeginArray();
         w.EndArray();
         w.EndObject();
         w.EndObject();
         w.EndArray();
         w.Key("e");
         w.BeginObject();
         w.EndObject();
         w.EndObject();
       },
       R"({"a":["x",{"b":1,"c":{"d":[]}}],"e":{}})",
       "a:\n- x\n- b: 1\n  c:\n    d: []\ne: {}\n"},
      {"lists in lists",
       [](Writer& w) {
         w.BeginArray();
         w.BeginArray();
         w.Int(1);
         w.Int(2);
         w.EndArray();
         w.BeginArray();
         w.EndArray();
         w.BeginObject();
         w.EndObject();
         w.EndArray();
       },
       "[[1,2],[],{}]", "- - 1\n  - 2\n- []\n- {}\n"},
      {"literal blocks",
       [](Writer& w) {
         w.BeginObject();
         w.Key("a");
         w.String("x\n\n  y\n");
         w.Key("b");
         w.BeginArray();
         w.String(" x\ny");
         w.String("x\n\n");
         w.EndArray();
         w.EndObject();
       },
       R"({"a":"x\n\n  y\n","b":[" x\ny","x\n\n"]})",
       "a: |\n  x\n\n    y\nb:\n- |2-\n   x\n  y\n- |+\n  x\n\n"},
  };
}

TEST(Writer, Json) {
  for (const EventsCase& c : EventsCases()) {
    std::string out;
    JsonWriter writer(&out);
    c.write(writer);
    EXPECT_EQ(out, c.json) << c.name;
  }
}

TEST(Writer, Yaml) {
  for (const EventsCase& c : EventsCases()) {
    std::string out;
    YamlWriter writer(&out);
    c.write(writer);
    EXPECT_EQ(out, c.yaml) << c.name;
  }
}

struct StringCase {
  std::string value;
  std::string yaml;
};

TEST(YamlWriter, Strings) {
  const std::vector<StringCase> cases = {
      {"", "\"\""},
      {"a b", "a b"},
      {"--flag=x", "--flag=x"},
      {"-", "'-'"},
      {"- a", "'- a'"},
      {"-a", "-a"},
      {"---", "'---'"},
      {"---a", "'---a'"},
      {"--", "--"},
      {"--a:", "'--a:'"},
      {"--a: b", "'--a: b'"},
      {"--a #b", "'--a #b'"},
      {"--a=[b],{c},*d", "--a=[b],{c},*d"},
      {"/a:", "'/a:'"},
      {"/a/b", "/a/b"},
      {"a:b", "a:b"},
      {"a: b", "'a: b'"},
      {"a:", "'a:'"},
      {"a #b", "'a #b'"},
      {"a#b", "a#b"},
      {"#a", "'#a'"},
      {"*a", "'*a'"},
      {"&a", "'&a'"},
      {"!a", "'!a'"},
      {"%a", "'%a'"},
      {"@a", "'@a'"},
      {"{a}", "'{a}'"},
      {"[a]", "'[a]'"},
      {"it's", "it's"},
      {"'a'", "'''a'''"},
      {" a", "' a'"},
      {"a ", "'a '"},
      {"a\tb", "\"a\\tb\""},
      {"true", "\"true\""},
      {"Yes", "\"Yes\""},
      {"off", "\"off\""},
      {"n", "\"n\""},
      {"~", "\"~\""},
      {"null", "\"null\""},
      {"nullable", "nullable"},
      {".inf", "\".inf\""},
      {"<<", "\"<<\""},
      {"=", "\"=\""},
      {"=a", "=a"},
      {"12", "\"12\""},
      {"-1", "\"-1\""},
      {"0777", "\"0777\""},
      {"0o17", "\"0o17\""},
      {"0x1F", "\"0x1F\""},
      {"0b11", "\"0b11\""},
      {"0X1F", "\"0X1F\""},
      {"1_000", "\"1_000\""},
      {"-_1", "\"-_1\""},
      {"0.5e-0_1", "\"0.5e-0_1\""},
      {"1.5", "\"1.5\""},
      {"1.", "\"1.\""},
      {".5", "\".5\""},
      {"1e3", "\"1e3\""},
      {"08", "\"08\""},
      {"12:30", "\"12:30\""},
      {"2001-12-14", "\"2001-12-14\""},
      {"2001-12-14T10:00:00Z", "\"2001-12-14T10:00:00Z\""},
      {"1.2.3", "1.2.3"},
      {"v1", "v1"},
      {"1Gi", "1Gi"},
      {"500m", "500m"},
      {"0xfg", "0xfg"},
      {"sha256:12", "sha256:12"},
      {".", "."},
      {"..", ".."},
      {"...", "'...'"},
      {"a\r\nb", "\"a\\r\\nb\""},
      {"\n", "\"\\n\""},
      {"a\n ", "\"a\\n \""},
      {"\ta\nb", "\"\\ta\\nb\""},
      {"a\xC2\x85z", "\"a\\u0085z\""},
      {"\xEF\xBB\xBFz", "\"\\ufeffz\""},
      {"caf\xC3\xA9", "caf\xC3\xA9"},
      {"\x01", "\"\\u0001\""},
      {"bad\xFF", "\"bad\xEF\xBF\xBD\""},
  };
  for (const StringCase& c : cases) {
    std::string out;
    YamlWriter writer(&out);
    writer.String(c.value);
    EXPECT_EQ(out, c.yaml + "\n") << c.value;
  }
}

TEST(YamlWriter, KeysAreQuotedLikeStrings) {
  std::string out;
  YamlWriter writer(&out);
  writer.BeginObject();
  writer.Key("yes");
  writer.Int(1);
  writer.Key("a/b");
  writer.Int(2);
  writer.EndObject();
  EXPECT_EQ(out, "\"yes\": 1\na/b: 2\n");
}

TEST(YamlWriter, LongKeysAreExplicit) {
  const std::string key(1001, 'k');
  std::string out;
  YamlWriter writer(&out);
  writer.BeginObject();
  writer.Key("a");
  writer.BeginObject();
  writer.Key(key);
  writer.Int(1);
  writer.EndObject();
  writer.EndObject();
  EXPECT_EQ(out, "a:\n  ? " + key + "\n  : 1\n");
}

TEST(JsonWriter, Strings) {
  std::string out;
  AppendJsonString("a\"\\\n\t\r\x01\x7F\xC3\xA9/", &out);
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\t\\r\\u0001\\u007f\xC3\xA9/\"");
}

}  // namespace
}  // namespace ovenbird
