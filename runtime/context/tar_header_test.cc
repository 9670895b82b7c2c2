#include "runtime/context/tar_header.h"

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace ovenbird::context {
namespace {

uint64_t Octal(const std::string& header, size_t at, size_t size) {
  return std::stoull(header.substr(at, size), nullptr, 8);
}

// The sum of a header's bytes, with spaces in place of the checksum.
uint64_t SumOf(std::string block) {
  block.replace(148, 8, 8, ' ');
  uint64_t sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  return sum;
}

TEST(TarHeaderTest, Fields) {
  TarMember member;
  member.name = "a/b";
  member.size = 4711;
  member.mtime = 1700000000;
  member.mode = 0751;
  member.user = 1000;
  member.group = kMaxTarOwner;
  std::string header;
  AppendTarHeader(member, header);
  ASSERT_EQ(header.size(), kTarBlock);
  EXPECT_EQ(header.substr(0, 4), std::string("a/b\0", 4));
  EXPECT_EQ(Octal(header, 100, 8), 0751u);
  EXPECT_EQ(Octal(header, 108, 8), 1000u);
  EXPECT_EQ(Octal(header, 116, 8), kMaxTarOwner);
  EXPECT_EQ(Octal(header, 124, 12), 4711u);
  EXPECT_EQ(Octal(header, 136, 12), 1700000000u);
  EXPECT_EQ(Octal(header, 148, 6), SumOf(header));
  EXPECT_EQ(header[156], '0');
  EXPECT_EQ(header.substr(257, 5), "ustar");
}

TEST(TarHeaderTest, TimesAreClamped) {
  TarMember member;
  member.name = "a";
  for (const int64_t mtime : {int64_t{-1}, INT64_MIN, INT64_MAX}) {
    member.mtime = mtime;
    std::string header;
    AppendTarHeader(member, header);
    EXPECT_EQ(Octal(header, 136, 12), mtime < 0 ? 0 : (uint64_t{1} << 33) - 1)
        << mtime;
  }
}

TEST(TarHeaderTest, LargeSizesAreInBase256) {
  TarMember member;
  member.name = "a";
  member.size = uint64_t{1} << 33;
  std::string header;
  AppendTarHeader(member, header);
  EXPECT_EQ(static_cast<unsigned char>(header[124]), 0x80u);
  uint64_t size = 0;
  for (size_t i = 125; i < 136; ++i) {
    size = size << 8 | static_cast<unsigned char>(header[i]);
  }
  EXPECT_EQ(size, member.size);
}

TEST(TarHeaderTest, SizesAreKnownBefore) {
  struct Case {
    std::string name;
    std::string target;
    size_t blocks;
  };
  const std::string long_part(100, 'x');
  for (const Case& c : {
           Case{"a", "", 1},
           {long_part, "", 1},
           // Cut at a slash.
           {long_part + "/" + long_part, "", 1},
           // No slash to cut at: a block with the size, one with the name.
           {long_part + "x", "", 3},
           {std::string(600, 'x'), "", 4},
           {"a", long_part, 1},
           {"a", long_part + "x", 3},
           {long_part + "x", long_part + "x", 5},
       }) {
    TarMember member;
    member.type = c.target.empty() ? TarMember::kFile : TarMember::kSymlink;
    member.name = c.name;
    member.link_target = c.target;
    std::string header;
    AppendTarHeader(member, header);
    EXPECT_EQ(header.size(), c.blocks * kTarBlock) << c.name;
    EXPECT_EQ(TarHeaderSize(c.name, c.target.size()), header.size()) << c.name;
    if (c.blocks == 1) continue;
    EXPECT_TRUE(absl::StartsWith(header, "././@LongLink")) << c.name;
  }
}

TEST(TarHeaderTest, Padding) {
  EXPECT_EQ(TarPadding(0), 0u);
  EXPECT_EQ(TarPadding(1), 511u);
  EXPECT_EQ(TarPadding(512), 0u);
  EXPECT_EQ(TarPadding(513), 511u);
}

}  // namespace
}  // namespace ovenbird::context
