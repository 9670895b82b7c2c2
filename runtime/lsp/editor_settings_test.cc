#include "runtime/lsp/editor_settings.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::lsp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

EditorSettings Read(const std::string& text) {
  const absl::StatusOr<json::Value> value = json::Parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return ReadEditorSettings(*value);
}

std::vector<std::string> Ids(const EditorSettings& settings) {
  std::vector<std::string> ids;
  for (const kube::BuildSecret& one : *settings.secrets) ids.push_back(one.id);
  return ids;
}

TEST(EditorSettingsTest, SecretsWithAndWithoutTheSection) {
  const std::string secrets = R"({"secrets": ["id=a", "id=b,src=/x/b"]})";
  for (const std::string& text :
       {secrets, absl::StrCat(R"({"ovenbird": )", secrets, "}")}) {
    const EditorSettings settings = Read(text);
    ASSERT_TRUE(settings.secrets) << text;
    EXPECT_THAT(Ids(settings), ElementsAre("a", "b"));
    EXPECT_EQ(settings.secrets->back().file, "/x/b");
    EXPECT_THAT(settings.problems, IsEmpty());
  }
  EXPECT_THAT(Ids(Read(R"({"secrets": []})")), IsEmpty());
}

TEST(EditorSettingsTest, WhatSaysNothing) {
  for (const char* text :
       {"null", "5", "[]", "{}", R"({"ovenbird": null})", R"({"ovenbird": {}})",
        R"({"secrets": null})", R"({"other": {"secrets": ["id=a"]}})"}) {
    const EditorSettings settings = Read(text);
    EXPECT_EQ(settings.secrets, std::nullopt) << text;
    EXPECT_THAT(settings.problems, IsEmpty()) << text;
  }
}

TEST(EditorSettingsTest, WrongOnesAreReportedAndLeftOut) {
  const EditorSettings settings =
      Read(R"({"secrets": ["token", 5, "id=good", "id=c,mode=1"]})");
  EXPECT_THAT(Ids(settings), ElementsAre("good"));
  EXPECT_THAT(
      settings.problems,
      ElementsAre(
          "setting `secrets`: `token`: `token` is not of the form NAME=VALUE",
          "setting `secrets`: not a list of strings",
          "setting `secrets`: `id=c,mode=1`: `mode=1` is none of id=ID, "
          "src=FILE, env=NAME"));
  const EditorSettings text = Read(R"({"secrets": "id=a"})");
  EXPECT_EQ(text.secrets, std::nullopt);
  EXPECT_THAT(text.problems,
              ElementsAre("setting `secrets`: not a list of strings"));
}

}  // namespace
}  // namespace ovenbird::lsp
