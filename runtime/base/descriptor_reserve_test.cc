#include "runtime/base/descriptor_reserve.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

// Opens descriptors until there are no more; returns their number.
int OpenAll(std::vector<int>& opened) {
  int count = 0;
  for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0; ++count) {
    opened.push_back(fd);
  }
  return count;
}

TEST(DescriptorReserveTest, IsThereWhenAllOthersAreUsed) {
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few = {64, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  DescriptorReserve reserve;
  reserve.Fill();
  std::vector<int> opened;
  EXPECT_GT(OpenAll(opened), 8);
  EXPECT_EQ(OpenAll(opened), 0);
  {
    const DescriptorReserve::Use use(reserve);
    std::vector<int> more;
    EXPECT_EQ(OpenAll(more), 8);
    for (const int fd : more) close(fd);
  }
  // It is full again.
  EXPECT_EQ(OpenAll(opened), 0);
  for (const int fd : opened) close(fd);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(DescriptorReserveTest, IsEmptyBeforeItIsFilled) {
  DescriptorReserve reserve;
  const DescriptorReserve::Use use(reserve);
}

}  // namespace
}  // namespace ovenbird
