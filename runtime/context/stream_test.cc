#include "runtime/context/stream.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/base/sha256.h"

namespace ovenbird::context {
namespace {

// Gives `text` in pieces of at most `piece` bytes, then `end`.
class Pieces : public Stream {
 public:
  Pieces(std::string text, size_t piece, absl::Status end = absl::OkStatus())
      : text_(std::move(text)), piece_(piece), end_(std::move(end)) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t n = std::min({size, piece_, text_.size() - at_});
    if (n == 0 && !end_.ok()) return end_;
    memcpy(buffer, text_.data() + at_, n);
    at_ += n;
    return n;
  }

 private:
  const std::string text_;
  const size_t piece_;
  const absl::Status end_;
  size_t at_ = 0;
};

TEST(StreamTest, ReadAll) {
  for (const size_t size : {0, 1, 65535, 65536, 65537, 200000}) {
    for (const size_t piece : {7, 100000}) {
      const std::string text(size, 'x');
      Pieces stream(text, piece);
      const absl::StatusOr<std::string> all = ReadAll(stream);
      ASSERT_TRUE(all.ok()) << all.status();
      EXPECT_TRUE(*all == text) << size << " " << piece;
    }
  }
}

TEST(StreamTest, ErrorsArePassedOn) {
  Pieces stream("abc", 2, absl::AbortedError("changed"));
  CheckedStream checked(&stream);
  EXPECT_TRUE(absl::IsAborted(ReadAll(checked).status()));
}

TEST(StreamTest, CountsAndHashesWhatIsRead) {
  Pieces stream("abcdefg", 3);
  CheckedStream checked(&stream);
  EXPECT_EQ(*ReadAll(checked), "abcdefg");
  EXPECT_EQ(checked.size(), 7u);
  EXPECT_EQ(checked.Sha256Hex(), ToHex(Sha256Of("abcdefg")));
}

}  // namespace
}  // namespace ovenbird::context
