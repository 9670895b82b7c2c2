// What a build shows at its end in a thread whose `new` fails once, at each of
// its calls: nothing ends the program.
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/cli/board.h"
#include "runtime/cli/console.h"
#include "tools/testing/failing_new.h"

namespace ovenbird::cli {
namespace {

TEST(MemoryTest, TheLastPictureOfABoard) {
  const int failures = ovenbird::testing::FailEachNew([] {
    std::ostringstream out;
    Console console(&out, ConsoleStyle::kBoard, [] { return BoardSize(); });
    BoardRow row;
    row.key = "an image whose name needs memory";
    console.AddRow(row);
    console.Begin();
  });
  EXPECT_GT(failures, 5);
}

}  // namespace
}  // namespace ovenbird::cli
