#include "runtime/problems/rule_settings.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::problems {
namespace {

using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(RuleSettingsTest, TheLastOneWins) {
  RuleSettings settings;
  for (const char* text :
       {"official-image=off", "kaniko-differs=error", "official-image=note"}) {
    ASSERT_TRUE(AddRuleSetting(text, settings).ok()) << text;
  }
  EXPECT_EQ(settings.at("official-image"), diag::Severity::kNote);
  EXPECT_EQ(settings.at("kaniko-differs"), diag::Severity::kError);
  ASSERT_TRUE(AddRuleSetting("official-image=off", settings).ok());
  EXPECT_EQ(settings.at("official-image"), std::nullopt);
}

TEST(RuleSettingsTest, WrongTexts) {
  RuleSettings settings;
  for (const char* text :
       {"official-image", "official-image=", "official-image=fatal", "=off"}) {
    EXPECT_THAT(AddRuleSetting(text, settings), StatusIs(kInvalid)) << text;
  }
  EXPECT_THAT(AddRuleSetting("oficial-image=off", settings),
              StatusIs(kInvalid, HasSubstr("did you mean `official-image`?")));
  EXPECT_TRUE(settings.empty());
}

TEST(RuleSettingsTest, ErrorsStay) {
  RuleSettings settings;
  EXPECT_THAT(
      AddRuleSetting("missing-field=warning", settings),
      StatusIs(kInvalid, HasSubstr("only warnings and notes can be changed")));
  EXPECT_TRUE(AddRuleSetting("missing-field=error", settings).ok());
}

}  // namespace
}  // namespace ovenbird::problems
