#include "runtime/context/compress.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/sha256.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;

// Gives a text in pieces of a size.
class TextStream : public Stream {
 public:
  TextStream(std::string text, size_t step)
      : text_(std::move(text)), step_(step) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t n = std::min({size, step_, text_.size() - at_});
    memcpy(buffer, text_.data() + at_, n);
    at_ += n;
    if (fail_at_ > 0 && at_ >= fail_at_) return absl::AbortedError("changed");
    return n;
  }

  void FailAt(size_t at) { fail_at_ = at; }

 private:
  const std::string text_;
  const size_t step_;
  size_t at_ = 0;
  size_t fail_at_ = 0;
};

// Text that repeats and text that does not.
std::string Example(size_t size) {
  std::string text;
  for (size_t i = 0; text.size() < size; ++i) {
    text += i % 3 == 0 ? "the same words again " : ToHex(Sha256Of(text));
    if (text.size() > 4096) text += text.substr(text.size() - 2048);
  }
  text.resize(size);
  return text;
}

// By another implementation.
std::string Unpack(const std::string& packed) {
  archive* reader = archive_read_new();
  archive_read_support_filter_gzip(reader);
  archive_read_support_filter_zstd(reader);
  archive_read_support_format_raw(reader);
  archive_read_support_format_empty(reader);
  std::string text;
  archive_entry* entry = nullptr;
  EXPECT_EQ(archive_read_open_memory(reader, packed.data(), packed.size()), 0);
  if (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    char buffer[65536];
    ssize_t n = 0;
    while ((n = archive_read_data(reader, buffer, sizeof buffer)) > 0) {
      text.append(buffer, static_cast<size_t>(n));
    }
    EXPECT_EQ(n, 0) << archive_error_string(reader);
  }
  archive_read_free(reader);
  return text;
}

std::string ReadInSteps(Stream& stream, size_t step) {
  std::string all;
  std::string buffer(step, '\0');
  for (;;) {
    auto n = stream.Read(&buffer[0], step);
    EXPECT_THAT(n, IsOk());
    if (!n.ok() || *n == 0) return all;
    all.append(buffer, 0, *n);
  }
}

class CompressTest : public ::testing::TestWithParam<Compression> {};
INSTANTIATE_TEST_SUITE_P(All, CompressTest,
                         ::testing::Values(Compression::kGzip,
                                           Compression::kZstd));

TEST_P(CompressTest, UnpacksToTheSame) {
  // Around the size of a piece: 256 KiB.
  for (size_t size :
       {0, 1, 1000, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 2 << 20}) {
    const std::string text = Example(size);
    TextStream plain(text, 100000);
    auto packed = Compress(GetParam(), &plain);
    const std::string bytes = ReadInSteps(*packed, 1 << 16);
    EXPECT_EQ(Unpack(bytes), text) << size;
    EXPECT_LT(bytes.size(), size * 9 / 10 + 1000);
  }
}

TEST_P(CompressTest, PiecesDoNotMatter) {
  const std::string text = Example(700000);
  TextStream whole(text, text.size());
  auto expected = ReadInSteps(*Compress(GetParam(), &whole), 1 << 20);
  for (size_t step : {1000, 4096, 65537}) {
    TextStream plain(text, step);
    EXPECT_EQ(ReadInSteps(*Compress(GetParam(), &plain), step / 3), expected);
  }
}

TEST_P(CompressTest, ErrorsPassThrough) {
  TextStream plain(Example(700000), 10000);
  plain.FailAt(300000);
  auto packed = Compress(GetParam(), &plain);
  EXPECT_THAT(ReadAll(*packed), StatusIs(absl::StatusCode::kAborted));
}

TEST(CompressNoneTest, IsTheStreamItself) {
  TextStream plain("x", 1);
  EXPECT_EQ(Compress(Compression::kNone, &plain), nullptr);
}

}  // namespace
}  // namespace ovenbird::context
