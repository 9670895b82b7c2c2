#include "runtime/kube/kaniko_flags.h"

#include <fstream>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ovenbird::kube {
namespace {

TEST(KanikoVersionOf, ReadsTags) {
  const struct {
    const char* image;
    const char* version;  // "" for none
  } kCases[] = {
      {"gcr.io/kaniko-project/executor:v0.17.1", "v0.17.1"},
      {"gcr.io/kaniko-project/executor:v1.9.1-debug", "v1.9.1"},
      {"executor:1.24", "v1.24.0"},
      {"localhost:5000/executor:v1.6.0", "v1.6.0"},
      {"ghcr.io/osscontainertools/kaniko:v1.28.3-slim", "v1.28.3"},
      {"executor:v1.24.0@sha256:00", "v1.24.0"},
      {"executor@sha256:00", ""},
      {"localhost:5000/executor", ""},
      {"executor", ""},
      {"executor:latest", ""},
      {"executor:debug", ""},
      {"executor:v1", ""},
      {"executor:1.2.3.4", ""},
      {"executor:v1.x.0", ""},
      {"executor:v1.-2", ""},
      {"executor:v1.99999999", ""},
      // A rebuild with numbers of its own, and one that never was.
      {"quay.io/strimzi/kaniko-executor:0.48.0", ""},
      {"executor:v2.0.0", ""},
      {"executor:v0.0.1", ""},
  };
  for (const auto& test : kCases) {
    const auto version = KanikoVersionOf(test.image);
    EXPECT_EQ(version.has_value() ? version->ToString() : "", test.version)
        << test.image;
  }
}

const char* TypeWord(KanikoFlagType type) {
  switch (type) {
    case KanikoFlagType::kBool:
      return "bool";
    case KanikoFlagType::kString:
      return "string";
    case KanikoFlagType::kInt:
      return "int";
    case KanikoFlagType::kDuration:
      return "duration";
    case KanikoFlagType::kList:
      return "list";
    case KanikoFlagType::kMap:
      return "map";
  }
  return "";
}

// The table says of some versions what their `--help` says.
TEST(KanikoFlags, AgreesWithHelpTexts) {
  // These work without being listed there.
  const std::set<std::string> hidden = {"bucket", "whitelist-var-run"};
  for (const KanikoVersion version :
       {KanikoVersion{0, 17, 1}, KanikoVersion{0, 19, 0},
        KanikoVersion{1, 24, 0}, KanikoVersion{1, 25, 6},
        KanikoVersion{1, 28, 3}}) {
    const std::string digits = version.ToString().substr(1);
    std::ifstream in(absl::StrCat("testdata/kaniko/flags-", digits, ".txt"));
    std::map<std::string, std::string> listed, ours;
    for (std::string name, type; in >> name >> type;) listed[name] = type;
    ASSERT_GT(listed.size(), 20u) << digits;
    // 1.28 takes several and pushes the first; one is right everywhere.
    listed["target"] = "string";
    // Of several, 0.19 uses the last one.
    if (listed.count("registry-mirror") > 0) listed["registry-mirror"] = "list";
    // Chainguard's fork has it, the other one perhaps only later.
    if (version == KanikoVersion{1, 25, 6}) listed.erase("annotation");
    for (const KanikoFlag& flag : KanikoFlags()) {
      if (HasFlag(flag, version) == Presence::kYes &&
          (hidden.count(flag.name) == 0 || listed.count(flag.name) > 0)) {
        ours[flag.name] = TypeWord(flag.type);
      }
    }
    EXPECT_EQ(ours, listed) << digits;
  }
}

TEST(KanikoFlags, SortedAndFound) {
  std::string last;
  for (const KanikoFlag& flag : KanikoFlags()) {
    const std::string name = absl::AsciiStrToLower(flag.name);
    EXPECT_LE(last, name);
    last = name;
    EXPECT_EQ(FindKanikoFlag(flag.name), &flag);
    if (flag.short_name[0] != '\0') {
      EXPECT_EQ(FindKanikoShortFlag(flag.short_name[0]), &flag);
    }
  }
  EXPECT_EQ(FindKanikoFlag("nothing"), nullptr);
  EXPECT_EQ(FindKanikoFlag(""), nullptr);
  EXPECT_EQ(FindKanikoShortFlag('z'), nullptr);
  EXPECT_EQ(FindKanikoShortFlag('\0'), nullptr);
}

TEST(HasFlag, ByVersion) {
  const struct {
    const char* flag;
    std::optional<KanikoVersion> version;
    Presence presence;
  } kCases[] = {
      {"snapshot-mode", KanikoVersion{1, 9, 1}, Presence::kYes},
      {"snapshot-mode", KanikoVersion{1, 9, 0}, Presence::kNo},
      {"snapshotMode", KanikoVersion{1, 28, 3}, Presence::kYes},
      {"log-format", KanikoVersion{0, 17, 1}, Presence::kNo},
      {"log-format", KanikoVersion{0, 18, 0}, Presence::kYes},
      {"insecure-skip-tls-verify", KanikoVersion{0, 3, 0}, Presence::kYes},
      {"insecure-skip-tls-verify", KanikoVersion{0, 17, 1}, Presence::kNo},
      // Between the two versions that were looked at.
      {"secret", KanikoVersion{1, 24, 0}, Presence::kNo},
      {"secret", KanikoVersion{1, 26, 0}, Presence::kMaybe},
      {"secret", KanikoVersion{1, 28, 0}, Presence::kYes},
      // Unknown version: only what all have.
      {"snapshotMode", std::nullopt, Presence::kYes},
      {"digest-file", std::nullopt, Presence::kYes},
      {"snapshot-mode", std::nullopt, Presence::kMaybe},
      {"insecure-skip-tls-verify", std::nullopt, Presence::kMaybe},
  };
  for (const auto& test : kCases) {
    const KanikoFlag* flag = FindKanikoFlag(test.flag);
    ASSERT_NE(flag, nullptr) << test.flag;
    EXPECT_EQ(HasFlag(*flag, test.version), test.presence) << test.flag;
    EXPECT_EQ(CanPassKanikoFlag(test.flag, test.version),
              test.presence == Presence::kYes)
        << test.flag;
  }
}

TEST(LacksValue, RedoIsNewer) {
  const KanikoFlag* flag = FindKanikoFlag("snapshotMode");
  ASSERT_NE(flag, nullptr);
  std::set<std::string> missing;
  for (const KanikoValue& value : flag->values) {
    if (LacksValue(value, KanikoVersion{0, 17, 1})) missing.insert(value.text);
    EXPECT_FALSE(LacksValue(value, KanikoVersion{0, 24, 0}));
    EXPECT_FALSE(LacksValue(value, std::nullopt));
  }
  EXPECT_EQ(missing, std::set<std::string>{"redo"});
}

}  // namespace
}  // namespace ovenbird::kube
