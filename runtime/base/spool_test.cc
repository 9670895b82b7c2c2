#include "runtime/base/spool.h"

#include <sys/resource.h>

#include <csignal>
#include <cstddef>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ovenbird {
namespace {

std::string Text(Spool& spool) {
  std::ostringstream out;
  EXPECT_TRUE(spool.CopyTo(out));
  return out.str();
}

// Lets each file have at most `size` bytes.
class FileLimit {
 public:
  explicit FileLimit(rlim_t size) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

TEST(SpoolTest, ReturnsAllThatWasAdded) {
  for (const size_t in_memory : {0, 1, 7, 1000, 1 << 20}) {
    Spool spool(in_memory);
    std::string all;
    for (int i = 0; i < 3000; ++i) {
      const std::string line = absl::StrCat("line ", i, "\n");
      spool.Append(line);
      all += line;
    }
    EXPECT_EQ(Text(spool), all) << in_memory;
  }
}

TEST(SpoolTest, IsEmptyAtFirst) {
  Spool spool(10);
  EXPECT_EQ(Text(spool), "");
}

TEST(SpoolTest, KeepsInMemoryWhatHasNoRoomInTheFile) {
  for (const rlim_t room : {0, 1, 999, 5000}) {
    std::string all;
    Spool spool(100);
    {
      FileLimit limit(room);
      for (int i = 0; i < 3000; ++i) {
        const std::string line = absl::StrCat("line ", i, "\n");
        spool.Append(line);
        all += line;
      }
    }
    EXPECT_EQ(Text(spool), all) << room;
  }
}

}  // namespace
}  // namespace ovenbird
