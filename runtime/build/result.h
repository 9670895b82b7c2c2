// What came of each image, for the screen and for programs.
#ifndef OVENBIRD_RUNTIME_BUILD_RESULT_H_
#define OVENBIRD_RUNTIME_BUILD_RESULT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/build/timeline.h"

namespace ovenbird::build {

// The image of one platform.
struct PlatformResult {
  std::string platform;  // "linux/arm64"
  std::string digest;    // "sha256:..."; empty: not built

  friend bool operator==(const PlatformResult&,
                         const PlatformResult&) = default;
};

// The result of one image.
struct ImageResult {
  std::string key;    // in the config
  std::string image;  // without tag
  std::vector<std::string> tags;
  // "sha256:..."; of several platforms: the index's; empty without an image.
  std::string digest;
  // The platforms that the image is for; none: that of the node.
  std::vector<PlatformResult> platforms;
  // Unchanged, and still in the registry: nothing was built.
  bool skipped = false;
  bool pushed = true;  // false: with --skip-push or --output
  std::string engine;  // "kubernetes", "local", "docker", "custom"
  // From `start` to `end`, without the time that it waited for other images.
  absl::Duration duration;
  // By RunClock, as in the timeline. Infinite past: it was not started.
  absl::Time start = absl::InfinitePast();
  absl::Time end = absl::InfinitePast();
  // From the time when the run began to build: may begin before `start`.
  Timeline timeline;
  std::string log_file;    // empty: there was no log
  std::string output_tar;  // with --output
  std::vector<std::string> warnings;
  std::optional<Failure> failure;
};

// The results of a run.
struct RunResult {
  std::vector<ImageResult> images;
  // A failure that does not belong to a single image: of hooks.
  std::optional<Failure> failure;
  // By RunClock.
  absl::Time start = absl::InfinitePast();
  absl::Time end = absl::InfinitePast();
  // What the run did apart from images: the plan, hooks.
  Timeline timeline;
};

// Returns {"images": [...]}; empty fields are left out. The names are stable,
// because programs read them.
json::Value ToJson(const RunResult& result);

// Returns 0 if all images are built, 1 for a failed build, 2 for the config, 3
// for the environment, 130 if interrupted. The highest code of several failures
// wins.
int ExitCode(const RunResult& result);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_RESULT_H_
