#include "runtime/lsp/position.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"

namespace ovenbird::lsp {
namespace {

json::Value At(int64_t line, int64_t character) {
  return json::Object{{"line", line}, {"character", character}};
}

// A letter, two bytes, three bytes, four bytes (two units of UTF-16).
constexpr char kText[] = "x\nab\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\xA6z\r\n";

TEST(PositionTest, ThereAndBack) {
  const SourceFile file("f", kText);
  struct Row {
    size_t offset;
    int64_t line, utf16, utf8;
  };
  for (const Row& row :
       {Row{0, 0, 0, 0}, Row{1, 0, 1, 1}, Row{2, 1, 0, 0}, Row{4, 1, 2, 2},
        Row{6, 1, 3, 4}, Row{9, 1, 4, 7}, Row{13, 1, 6, 11}, Row{14, 1, 7, 12},
        Row{16, 2, 0, 0}}) {
    const json::Value utf16 = At(row.line, row.utf16);
    const json::Value utf8 = At(row.line, row.utf8);
    EXPECT_EQ(PositionToJson(file, row.offset, Encoding::kUtf16), utf16);
    EXPECT_EQ(PositionToJson(file, row.offset, Encoding::kUtf8), utf8);
    EXPECT_EQ(OffsetFromJson(file, utf16, Encoding::kUtf16), row.offset);
    EXPECT_EQ(OffsetFromJson(file, utf8, Encoding::kUtf8), row.offset);
  }
}

TEST(PositionTest, OutsideOfTheText) {
  const SourceFile file("f", kText);
  const size_t size = file.text().size();
  // The end of a line is before its line end.
  EXPECT_EQ(OffsetFromJson(file, At(1, 99), Encoding::kUtf16), 14);
  // Inside of a character: its begin.
  EXPECT_EQ(OffsetFromJson(file, At(1, 5), Encoding::kUtf16), 9);
  EXPECT_EQ(OffsetFromJson(file, At(1, 3), Encoding::kUtf8), 4);
  for (const json::Value& wrong :
       {At(3, 0), At(-1, 0), At(0, -1), json::Value(), json::Value("x")}) {
    EXPECT_EQ(OffsetFromJson(file, wrong, Encoding::kUtf16), size);
  }
  EXPECT_EQ(PositionToJson(file, size + 5, Encoding::kUtf16), At(2, 0));
}

TEST(PositionTest, ByteOrderMark) {
  const SourceFile file("f",
                        "\xEF\xBB\xBF"
                        "ab\ncd\n");
  EXPECT_EQ(PositionToJson(file, 1, Encoding::kUtf16), At(0, 2));
  EXPECT_EQ(PositionToJson(file, 1, Encoding::kUtf8), At(0, 4));
  EXPECT_EQ(PositionToJson(file, 4, Encoding::kUtf16), At(1, 1));
  EXPECT_EQ(OffsetFromJson(file, At(0, 2), Encoding::kUtf16), 1);
  EXPECT_EQ(OffsetFromJson(file, At(0, 0), Encoding::kUtf16), 0);
}

TEST(PositionTest, Ranges) {
  const SourceFile file("f", "ab\ncd\n");
  const json::Value backwards = RangeToJson({&file, 4, 1}, Encoding::kUtf16);
  EXPECT_EQ(backwards["start"], At(1, 1));
  EXPECT_EQ(backwards["end"], At(1, 1));
}

}  // namespace
}  // namespace ovenbird::lsp
