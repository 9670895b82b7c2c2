#include "codegen/names.h"

#include <string>

#include "gtest/gtest.h"

namespace ovenbird::codegen {
namespace {

TEST(NamesTest, Cases) {
  struct Case {
    const char* name;
    const char* lower_camel;
    const char* upper_camel;
    const char* snake;
    const char* kebab;
  };
  const Case kCases[] = {
      {"mount_path", "mountPath", "MountPath", "mount_path", "mount-path"},
      {"MOUNT_PATH", "mountPath", "MountPath", "mount_path", "mount-path"},
      {"MountPath", "mountPath", "MountPath", "mount_path", "mount-path"},
      {"HTTPHeader", "httpHeader", "HttpHeader", "http_header", "http-header"},
      {"a", "a", "A", "a", "a"},
      {"a_1_b2", "a1B2", "A1B2", "a_1_b2", "a-1-b2"},
      {"yaml_not_utf8", "yamlNotUtf8", "YamlNotUtf8", "yaml_not_utf8",
       "yaml-not-utf8"},
      {"_a__b_", "aB", "AB", "a_b", "a-b"},
      {"", "", "", "", ""},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(LowerCamel(c.name), c.lower_camel) << c.name;
    EXPECT_EQ(UpperCamel(c.name), c.upper_camel) << c.name;
    EXPECT_EQ(Snake(c.name), c.snake) << c.name;
    EXPECT_EQ(Kebab(c.name), c.kebab) << c.name;
  }
}

TEST(NamesTest, EnumValues) {
  struct Case {
    const char* value;
    const char* enum_name;
    const char* want;
  };
  const Case kCases[] = {
      {"SNAPSHOT_MODE_TIME", "SnapshotMode", "kTime"},
      {"TIME", "SnapshotMode", "kTime"},
      {"SNAPSHOT_MODE_", "SnapshotMode", "kSnapshotMode"},
      {"MODE_NO_SCHEDULE", "Mode", "kNoSchedule"},
      {"MODE_2X", "Mode", "k2X"},
      {"MODE_NULL", "Mode", "kNull"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(ConstantName(WithoutEnumPrefix(c.value, c.enum_name)), c.want)
        << c.value;
  }
}

TEST(NamesTest, KeywordsAndTakenNamesGetAnUnderscore) {
  EXPECT_EQ(SafeName("name"), "name");
  EXPECT_EQ(SafeName("class"), "class_");
  EXPECT_EQ(SafeName("requires"), "requires_");
  EXPECT_EQ(SafeName("errno"), "errno_");
  EXPECT_EQ(SafeName("class", {"class_"}), "class_2");
  EXPECT_EQ(SafeName("class_", {"class_"}), "class_2");
  EXPECT_EQ(SafeName("a", {"a", "a_", "a_2"}), "a_3");
  EXPECT_EQ(SafeName("source", {"source"}), "source_");
}

TEST(NamesTest, IncludeGuard) {
  EXPECT_EQ(IncludeGuard("runtime/config/config.h"),
            "RUNTIME_CONFIG_CONFIG_H_");
}

TEST(NamesTest, CppString) {
  struct Case {
    std::string text;
    const char* want;
  };
  const Case kCases[] = {
      {"", "\"\""},
      {"a", "\"a\""},
      {"a\nb", "\"a\\n\"\n\"b\""},
      {"a\n", "\"a\\n\""},
      {"\"\\", "\"\\\"\\\\\""},
      {"\t", "\"\\t\""},
      {std::string("\x01\x7f", 2), "\"\\001\\177\""},
      {std::string("\x01"
                   "1",
                   2),
       "\"\\0011\""},
      {"?\?/", "\"?\\?/\""},
      {"\u00e9", "\"\u00e9\""},
  };
  for (const Case& c : kCases) EXPECT_EQ(CppString(c.text), c.want) << c.text;
}

TEST(NamesTest, CppComment) {
  EXPECT_EQ(CppComment("a\n\nb", 0), "// a\n//\n// b");
  // A backslash does not swallow the next line.
  EXPECT_EQ(CppComment("a \\", 0), "// a \\ //");
  const std::string word(40, 'x');
  EXPECT_EQ(CppComment(word + " " + word, 0), "// " + word + "\n// " + word);
  // Code blocks are not broken.
  EXPECT_EQ(CppComment("  " + word + " " + word, 0),
            "//   " + word + " " + word);
}

}  // namespace
}  // namespace ovenbird::codegen
