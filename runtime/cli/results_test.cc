#include "runtime/cli/results.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/build/result.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {
namespace {

// Commands, hooks and servers repeat what they were given.
TEST(ResultsTest, PasswordsAreInNeitherForm) {
  build::Failure failure;
  failure.what = "`make --pin=s3cret` failed with exit code 1";
  failure.details = {"s3cret is wrong"};
  failure.hint = "check s3cret";
  diag::Diagnostic& problem = failure.diagnostics.emplace_back();
  problem.message = "the cluster rejects `env`: s3cret";
  problem.args = {{"problem", "s3cret"}};
  build::RunResult result;
  result.failure = failure;
  result.images.resize(1);
  result.images[0].key = "app";
  result.images[0].warnings = {"s3cret was ignored"};
  result.images[0].failure = failure;
  HidePasswords(report::Mask({"s3cret"}), result);

  std::ostringstream out, err;
  ShowResults(result, out, err);
  const std::string shown =
      out.str() + err.str() + json::Write(build::ToJson(result), true);
  EXPECT_EQ(shown.find("s3cret"), std::string::npos) << shown;
  EXPECT_NE(shown.find("`make --pin=***` failed with exit code 1"),
            std::string::npos)
      << shown;
  const diag::Diagnostic& hidden = result.images[0].failure->diagnostics[0];
  EXPECT_EQ(hidden.message, "the cluster rejects `env`: ***");
  EXPECT_EQ(hidden.args[0].second, "***");
}

}  // namespace
}  // namespace ovenbird::cli
