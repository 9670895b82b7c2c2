#include "runtime/config/format.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codegen/formats.h"
#include "gtest/gtest.h"
#include "re2/re2.h"

namespace ovenbird::config {
namespace {

// Texts that one format or another could take; each is tried with all of them.
std::vector<std::string> Texts() {
  std::vector<std::string> strings = {
      "",
      "a",
      "A",
      "1",
      "-",
      ".",
      "_",
      "/",
      ":",
      "@",
      "a-b",
      "a_b",
      "a.b",
      "a..b",
      "a--b",
      "a__b",
      "a___b",
      "a-.b",
      "-a",
      "a-",
      ".a",
      "a.",
      "..",
      "..a",
      "...",
      "a/b",
      "a//b",
      "/a",
      "a/",
      "/a/b/",
      "//a",
      "/",
      "/..",
      "/../a",
      "/a/..",
      "/a/...",
      "/..a",
      "/.",
      "/a:b",
      "a/..",
      "../a",
      "a/../b",
      "a:b",
      "john/app",
      "John/app",
      "john/App",
      "LOCALHOST/app",
      "REG.example.com/app",
      "Reg:5000/app",
      "a.b_c/app",
      "a_b/app",
      std::string(64, 'a'),
      absl::StrCat(std::string(64, 'a'), ":v1"),
      std::string(64, 'g'),
      "john/app:v1",
      "john/app:",
      "john/app:.v1",
      "john/app:v1:v2",
      "localhost/app",
      "localhost:5000/app",
      "localhost:/app",
      "reg.example.com/team/app:v1.2_3-4",
      "reg.example.com:5000/app",
      "reg.example.com:port/app",
      "reg..com/app",
      "[::1]/app",
      "[::1]:5000/app",
      "[::1/app",
      "app@sha256:abc",
      absl::StrCat("app@sha256:", std::string(64, 'a')),
      absl::StrCat("app:v1@sha256:", std::string(64, '0')),
      absl::StrCat("app@sha256:", std::string(64, 'A')),
      absl::StrCat("app@sha512:", std::string(128, 'f')),
      absl::StrCat("app@md5:", std::string(32, 'f')),
      "0",
      "007",
      "0777",
      "1777",
      "01000",
      "8",
      "500m",
      "1Gi",
      "1G",
      "1gi",
      "1.5",
      "1.",
      ".5",
      "+1",
      "-1",
      "1e3",
      "1E-3",
      "1e",
      "1.5.5",
      "1Ei",
      "1 Gi",
      "30s",
      "1h30m",
      "1.5h",
      "-1h",
      "1d",
      "30",
      "s",
      "1h 30m",
      "1us",
      "1\u00b5s",
      "1\u03bcs",
      "A_B",
      "A-B.c",
      "9A",
      "A B",
      "A=B",
      ".dockerconfigjson",
      "config.json",
      "example.com/name",
      "Example.com/name",
      "example.com/",
      "/name",
      "example.com/a/b",
      "linux/amd64",
      "linux/x86-64",
      "linux/amd64/v1",
      "linux/amd64/v5",
      "linux/amd64/",
      "linux/arm",
      "linux/arm/7",
      "linux/arm/v8",
      "linux/arm/v9",
      "linux/armhf",
      "linux/armhf/v7",
      "linux/arm64/v9.1",
      "linux/arm64/v10",
      "linux/s390x",
      "linux/s390x/v1",
      "linux/amd65",
      "Linux/amd64",
      "linux",
      "linux/",
      "windows/amd64",
      "linux/arm/v7/x",
      "\u00e9",
      "a\nb",
      "a b",
      " a",
      "a ",
  };
  // Around the limits of length.
  for (const int length : {62, 63, 64, 127, 128, 129, 253, 254, 255, 256}) {
    strings.push_back(std::string(static_cast<size_t>(length), 'a'));
  }
  std::string subdomain = "a";
  while (subdomain.size() < 252) subdomain += ".a";
  strings.push_back(subdomain);
  strings.push_back(absl::StrCat(subdomain, ".a"));
  strings.push_back(absl::StrCat(subdomain, "/a"));
  strings.push_back(absl::StrCat(subdomain, ".a/a"));
  return strings;
}

TEST(FormatTest, EditorsGetTheSameAdvice) {
  for (int number = 1; number < kFormats; ++number) {
    EXPECT_EQ(codegen::PatternOf(number).advice,
              FormatAdvice(static_cast<Format>(number)));
  }
}

TEST(FormatTest, CheckersAndPatternsAgree) {
  for (int number = 1; number < kFormats; ++number) {
    const codegen::FormatPattern& pattern = codegen::PatternOf(number);
    const RE2 compiled(pattern.pattern);
    const RE2 excluded(pattern.excluded);
    ASSERT_TRUE(compiled.ok() && excluded.ok()) << pattern.name;
    int accepted = 0;
    for (const std::string& text : Texts()) {
      const bool by_pattern =
          RE2::FullMatch(text, compiled) &&
          (pattern.excluded.empty() || !RE2::FullMatch(text, excluded)) &&
          (pattern.max_length == 0 ||
           text.size() <= static_cast<size_t>(pattern.max_length));
      const auto format = static_cast<Format>(number);
      // The limit is that of the name alone, which no pattern can say.
      if (format == Format::kImageReference && text.size() > 255) continue;
      const std::string problem = FormatProblem(format, text);
      EXPECT_EQ(problem.empty(), by_pattern)
          << pattern.name << " `" << text << "`: " << problem;
      accepted += problem.empty() ? 1 : 0;
    }
    EXPECT_GT(accepted, 0) << pattern.name;
  }
}

TEST(FormatTest, SaysWhatIsWrong) {
  struct Case {
    Format format;
    const char* text;
    const char* want;
  };
  const Case kCases[] = {
      {Format::kDnsLabel, "", "empty"},
      {Format::kDnsLabel, "Ab", "upper case `A`"},
      {Format::kDnsLabel, "a_b", "`_` in it"},
      {Format::kDnsLabel, "a b", "a space in it"},
      {Format::kDnsLabel, "\u00e9", "a non-ASCII character in it"},
      {Format::kDnsLabel, "a-", "ends with `-`"},
      {Format::kDnsSubdomain, "a..b", "two dots or a dot at an end"},
      {Format::kImageName, "john//app", "two slashes or a slash at an end"},
      {Format::kImageName, "John/app", "upper case `J`"},
      {Format::kImageName, "a/b-.c", "`-.` between two words"},
      {Format::kImageReference, "a:.b", "tag: starts with `.`"},
      {Format::kImageReference, "a@sha256:0",
       "digest is not sha256: and 64 hexadecimal digits"},
      {Format::kQuantity, "1GB", "unit `GB`"},
      {Format::kQuantity, "G", "does not start with a number"},
      {Format::kDuration, "30", "unit is missing"},
      {Format::kDuration, "1d", "unit `d`"},
      {Format::kAbsolutePath, "a", "does not start with `/`"},
      {Format::kAbsolutePath, "/a/../b", "`..` in it"},
      {Format::kRelativePath, "/a", "starts with `/`"},
      {Format::kFileMode, "9", "not up to four octal digits"},
      {Format::kQualifiedName, "A.com/a", "prefix: upper case `A`"},
      {Format::kEnvName, "1A", "starts with a digit"},
      {Format::kDataKey, "..", "starts with `..` or is `.`"},
      {Format::kPlatform, "linux/amd65", "architecture `amd65`"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(FormatProblem(c.format, c.text), c.want) << c.text;
  }
}

TEST(FormatTest, EachHasWordsAndAdvice) {
  for (int number = 1; number < kFormats; ++number) {
    EXPECT_FALSE(FormatName(static_cast<Format>(number)).empty()) << number;
    EXPECT_FALSE(FormatAdvice(static_cast<Format>(number)).empty()) << number;
  }
}

}  // namespace
}  // namespace ovenbird::config
