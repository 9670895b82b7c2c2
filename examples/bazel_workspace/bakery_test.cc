#include "bakery.h"

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/decode.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"

namespace bakery {
namespace {

Bakery Load(const ovenbird::SourceFile& file, ovenbird::diag::Sink& sink) {
  Bakery bakery;
  ovenbird::yaml::Arena arena;
  const ovenbird::yaml::Node* node = ovenbird::yaml::Parse(file, arena, sink);
  if (node != nullptr) {
    ovenbird::config::decode::Context context(&sink);
    Decode(*node, context, &bakery);
  }
  return bakery;
}

TEST(BakeryTest, FillsTheStruct) {
  ovenbird::diag::Collector problems;
  EXPECT_EQ(Load({"bakery.yaml", "minutes: 50\n"}, problems).minutes, 50);
  EXPECT_FALSE(problems.has_errors());
}

TEST(BakeryTest, ReportsWhatIsOutOfRange) {
  ovenbird::diag::Collector problems;
  Load({"bakery.yaml", "minutes: 500\n"}, problems);
  EXPECT_TRUE(problems.has_errors());
}

}  // namespace
}  // namespace bakery
