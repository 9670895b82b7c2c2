#include "runtime/context/read_ahead.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"
#include "tools/testing/no_threads.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;

// Numbers, in pieces of all sizes; fails at the end if it is to.
class Numbers : public Stream {
 public:
  explicit Numbers(size_t size, bool fails = false)
      : size_(size), fails_(fails) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    if (done_ == size_ && fails_) return absl::AbortedError("changed");
    size = std::min({size, size_ - done_, 1 + done_ % 70001});
    for (size_t i = 0; i < size; ++i) buffer[i] = At(done_ + i);
    done_ += size;
    return size;
  }
  static char At(size_t index) { return static_cast<char>(index * 7 / 3); }

 private:
  const size_t size_;
  const bool fails_;
  size_t done_ = 0;
};

TEST(ReadAheadTest, GivesAllInOrder) {
  for (const size_t size : {0, 1, 262143, 262144, 262145, 3000000}) {
    Numbers numbers(size);
    ReadAhead ahead(&numbers);
    auto all = ReadAll(ahead);
    ASSERT_THAT(all, IsOk());
    ASSERT_EQ(all->size(), size);
    EXPECT_EQ(ahead.taken(), size);
    for (size_t i = 0; i < size; ++i) ASSERT_EQ((*all)[i], Numbers::At(i)) << i;
    char more;
    EXPECT_EQ(*ahead.Read(&more, 1), 0);
  }
}

TEST(ReadAheadTest, AnErrorComesBehindWhatWasRead) {
  Numbers numbers(1000000, true);
  ReadAhead ahead(&numbers);
  std::string buffer(1 << 20, '\0');
  size_t done = 0;
  while (true) {
    auto n = ahead.Read(buffer.data(), buffer.size());
    if (!n.ok()) {
      EXPECT_THAT(n, StatusIs(absl::StatusCode::kAborted));
      break;
    }
    done += *n;
  }
  EXPECT_EQ(done, 1000000);
}

TEST(ReadAheadTest, NobodyNeedsToReadToTheEnd) {
  Numbers numbers(100000000);
  ReadAhead ahead(&numbers);
  char first;
  EXPECT_EQ(*ahead.Read(&first, 1), 1);
}

TEST(ReadAheadTest, WithoutAThreadItIsAnError) {
  const ovenbird::testing::NoThreads none;
  Numbers numbers(3);
  ReadAhead ahead(&numbers);
  char buffer[8];
  EXPECT_EQ(ahead.Read(buffer, sizeof(buffer)).status().code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace ovenbird::context
