#include "runtime/cli/results.h"

#include <sstream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/build/result.h"
#include "runtime/build/timeline.h"
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
  result.images[0].timeline.phases.emplace_back().text = "RUN login s3cret";
  result.timeline.phases.emplace_back().text = "s3cret";
  HidePasswords(report::Mask({"s3cret"}), result);

  std::ostringstream out, err;
  ShowResults(result, /*only_names=*/false, out, err);
  const std::string shown = out.str() + err.str() + build::ToJson(result, true);
  EXPECT_EQ(shown.find("s3cret"), std::string::npos) << shown;
  EXPECT_NE(shown.find("`make --pin=***` failed with exit code 1"),
            std::string::npos)
      << shown;
  EXPECT_EQ(result.images[0].timeline.phases[0].text, "RUN login ***");
  const diag::Diagnostic& hidden = result.images[0].failure->diagnostics[0];
  EXPECT_EQ(hidden.message, "the cluster rejects `env`: ***");
  EXPECT_EQ(hidden.args[0].second, "***");
}

build::RunResult OneImage() {
  build::RunResult result;
  build::ImageResult& image = result.images.emplace_back();
  image.key = "app";
  image.image = "r.io/app";
  image.tags = {"x", "y"};
  image.digest = "sha256:12";
  image.engine = "local";
  image.duration = absl::Seconds(2);
  return result;
}

std::string Shown(const build::RunResult& result, bool only_names) {
  std::ostringstream out, err;
  ShowResults(result, only_names, out, err);
  return out.str();
}

// A script takes the first word of each line.
TEST(ResultsTest, ALineForEachTag) {
  EXPECT_EQ(Shown(OneImage(), false),
            "r.io/app:x@sha256:12 (2.0 s, local)\n"
            "r.io/app:y@sha256:12 (2.0 s, local)\n");
  EXPECT_EQ(Shown(OneImage(), true),
            "r.io/app:x@sha256:12\nr.io/app:y@sha256:12\n");
}

TEST(ResultsTest, ATarFileIsNoReference) {
  build::RunResult result = OneImage();
  result.images[0].output_tar = "o.tar";
  result.images[0].pushed = false;
  EXPECT_EQ(Shown(result, false), "o.tar (sha256:12, 2.0 s, local)\n");
  EXPECT_EQ(Shown(result, true), "o.tar\n");
}

TEST(ResultsTest, ResultOnStandardOutput) {
  std::ostringstream out, err;
  build::RunResult result = OneImage();
  result.images[0].warnings = {"##[error]"};
  EXPECT_EQ(Finish(result, "-", out, err), 0);
  // The runner of GitHub would read it.
  EXPECT_THAT(out.str(), ::testing::Not(::testing::HasSubstr("##[")));
  const absl::StatusOr<json::Value> read = json::Parse(out.str());
  ASSERT_TRUE(read.ok()) << out.str();
  EXPECT_EQ(*(*read)["images"][0]["digest"].as_string(), "sha256:12");
  EXPECT_EQ((*read)["images"][0]["warnings"][0].string_or(), "##[error]");
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace ovenbird::cli
