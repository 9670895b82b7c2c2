#include "runtime/base/memory_reserve.h"

#include <new>

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

int calls = 0;

// The handler is called here as `new` does it: a real lack of memory would be
// the test's own.
TEST(MemoryReserveTest, IsFreedOnce) {
  const std::new_handler before = std::get_new_handler();
  for (int i = 1; i <= 2; ++i) {
    const MemoryReserve reserve([] { ++calls; });
    const std::new_handler handler = std::get_new_handler();
    ASSERT_NE(handler, nullptr);
    EXPECT_EQ(calls, i - 1);
    handler();
    EXPECT_EQ(calls, i);
    EXPECT_THROW(handler(), std::bad_alloc);
    EXPECT_EQ(calls, i);
  }
  EXPECT_EQ(std::get_new_handler(), before);
}

}  // namespace
}  // namespace ovenbird
