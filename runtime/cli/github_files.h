// The files by which a step of a GitHub workflow reports: what people read in
// the summary of the run, and the outputs that later steps use.
#ifndef OVENBIRD_RUNTIME_CLI_GITHUB_FILES_H_
#define OVENBIRD_RUNTIME_CLI_GITHUB_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "runtime/build/result.h"

namespace ovenbird::cli {

// Returns a table of the images in Markdown, with the causes of failures below
// it. Nothing in it is taken for HTML or for a part of the table.
std::string StepSummary(const build::RunResult& result);

// Returns the outputs of the step: `result`, the JSON of --result without
// `steps`, and `ref`, name and digest of the image, if it is the only one.
std::string StepOutputs(const build::RunResult& result);

// Appends both to the files that GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name, if
// they are set. Returns the first error; an image is worth more than these.
absl::Status WriteGitHubFiles(const build::RunResult& result);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_GITHUB_FILES_H_
