// Golden files: the output of a test when it was last reviewed.
//
//   ExpectGolden("testdata/report/duplicate_key.text", RenderText(...));
//
// To accept the output as it is now:
//   OVENBIRD_UPDATE_GOLDENS=1 bazel run //runtime/report:report_test
#ifndef OVENBIRD_TOOLS_TESTING_GOLDEN_H_
#define OVENBIRD_TOOLS_TESTING_GOLDEN_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::testing {

// Fails the test when the file at `path` (in the workspace, and in the test's
// `data`) has another content than `actual`.
void ExpectGolden(const std::string& path, absl::string_view actual);

}  // namespace ovenbird::testing

#endif  // OVENBIRD_TOOLS_TESTING_GOLDEN_H_
