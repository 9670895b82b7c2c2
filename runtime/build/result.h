// What came of each image, for the screen and for programs.
#ifndef OVENBIRD_RUNTIME_BUILD_RESULT_H_
#define OVENBIRD_RUNTIME_BUILD_RESULT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"

namespace ovenbird::build {

struct ImageResult {
  std::string key;    // in the config
  std::string image;  // without tag
  std::vector<std::string> tags;
  std::string digest;  // "sha256:..."; empty without an image
  // Unchanged, and still in the registry: nothing was built.
  bool skipped = false;
  bool pushed = true;  // false: with --skip-push or --output
  std::string engine;  // "kubernetes", "local", "docker", "custom"
  absl::Duration duration;
  std::string log_file;    // empty: there was no log
  std::string output_tar;  // with --output
  std::vector<std::string> warnings;
  std::optional<Failure> failure;
};

struct RunResult {
  std::vector<ImageResult> images;
  // Of what belongs to no image alone: hooks.
  std::optional<Failure> failure;
};

// {"images": [...]}; absent members are left out. Stable names: programs read
// them.
json::Value ToJson(const RunResult& result);

// 0 all built, 1 a build failed, 2 config, 3 environment, 130 interrupted. Of
// several failures the highest: what stands in the way of all comes first.
int ExitCode(const RunResult& result);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_RESULT_H_
