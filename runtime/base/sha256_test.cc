#include "runtime/base/sha256.h"

#include <string>

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

// FIPS 180-2, appendices B and C.
TEST(Sha256Test, KnownAnswers) {
  EXPECT_EQ(ToHex(Sha256Of("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256Of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(Sha256Of(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha512Test, KnownAnswersAndReuse) {
  Sha512 sha;
  for (int round = 0; round < 2; ++round) {
    sha.Update("ab");
    sha.Update("c");
    EXPECT_EQ(
        ToHex(sha.Finish()),
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  }
}

TEST(Sha256Test, PiecesAndReuse) {
  Sha256 sha;
  for (int round = 0; round < 2; ++round) {
    sha.Update("a");
    sha.Update("");
    sha.Update("bc");
    EXPECT_EQ(sha.Finish(), Sha256Of("abc"));
  }
}

}  // namespace
}  // namespace ovenbird
