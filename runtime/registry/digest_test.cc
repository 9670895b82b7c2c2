#include "runtime/registry/digest.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

// Of "abc", from FIPS 180-2, appendices B.1 and C.1.
constexpr absl::string_view kAbc256 =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr absl::string_view kAbc512 =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(DigestTest, SaysWhatIsWrong) {
  EXPECT_THAT(CheckDigest(kAbc256), IsOk());
  EXPECT_THAT(CheckDigest(kAbc512), IsOk());
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "digest `` has no `sha256:` in front"},
      {"sha256", "has no `sha256:` in front"},
      {absl::StrCat("sha384:", std::string(96, '0')),
       "digest algorithm `sha384` is not supported; use sha256 or sha512"},
      {absl::StrCat("SHA256:", std::string(64, '0')), "`SHA256`"},
      {absl::StrCat("sha256:", std::string(64, 'A')), "64 hexadecimal digits"},
      {absl::StrCat("sha256:", std::string(63, '0')), "it has 63 characters"},
      {absl::StrCat(kAbc256, "\n"), "it has 65 characters"},
      {absl::StrCat("sha512:", std::string(64, '0')), "128 hexadecimal digits"},
  };
  for (const auto& [digest, want] : cases) {
    EXPECT_THAT(CheckDigest(digest),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(want)));
    EXPECT_THAT(DigestVerifier::New(digest).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(want)));
  }
}

TEST(DigestTest, VerifiesBothAlgorithmsPieceByPiece) {
  for (const absl::string_view digest : {kAbc256, kAbc512}) {
    for (const absl::string_view rest : {"c", "d", ""}) {
      auto verifier = DigestVerifier::New(digest);
      ASSERT_THAT(verifier, IsOk());
      (*verifier)->Update("ab");
      (*verifier)->Update("");
      (*verifier)->Update(rest);
      const absl::Status status = (*verifier)->Finish();
      if (rest == "c") {
        EXPECT_THAT(status, IsOk());
      } else {
        EXPECT_THAT(status,
                    StatusIs(absl::StatusCode::kDataLoss,
                             HasSubstr(absl::StrCat("a different digest: ",
                                                    digest.substr(0, 7)))));
      }
    }
  }
  EXPECT_EQ(DigestOf("abc"), kAbc256);
}

}  // namespace
}  // namespace ovenbird::registry
