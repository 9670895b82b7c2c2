#include "runtime/base/lines.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird {
namespace {

std::vector<std::string> Split(const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  LineSplitter splitter(
      [&](absl::string_view line) { lines.emplace_back(line); });
  for (const std::string& piece : pieces) splitter.Add(piece);
  splitter.Finish();
  return lines;
}

TEST(LineSplitterTest, DoesNotDependOnThePieces) {
  const std::vector<std::string> want = {"one", "", "two", "three"};
  const std::string text = "one\r\n\ntwo\nthree";
  EXPECT_EQ(Split({text}), want);
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(Split({text.substr(0, cut), text.substr(cut)}), want) << cut;
  }
  EXPECT_EQ(Split({}), std::vector<std::string>());
}

TEST(LineSplitterTest, AnEndlessLineComesInPieces) {
  const std::vector<std::string> lines =
      Split({std::string(1 << 20, 'a'), "b\n"});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1], "b");
}

TEST(LineSplitterTest, ACutIsNoLineEnd) {
  const std::string full(1 << 20, 'a');
  const std::string most = full.substr(1);
  const auto joined = [](const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
  };
  // A carriage return within the line is a part of it, also at the cut.
  EXPECT_EQ(joined(Split({most + "\r", "b\n"})), most + "\rb");
  EXPECT_EQ(joined(Split({most + "\r", "\nb\n"})), most + "b");
  EXPECT_EQ(joined(Split({full, "\r\nb\n"})), full + "b");
}

}  // namespace
}  // namespace ovenbird
