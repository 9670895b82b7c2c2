// What came of each image, for the screen and for programs.
#ifndef OVENBIRD_RUNTIME_BUILD_RESULT_H_
#define OVENBIRD_RUNTIME_BUILD_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "runtime/build/failure.h"
#include "runtime/build/result_record.h"
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
  bool pushed = true;    // false: with --skip-push or --output
  std::string engine;    // "kubernetes", "local", "docker", "custom"
  std::string executor;  // the image of kaniko; empty: another builder
  // From `start` to `end`, without the time that it waited for other images.
  absl::Duration duration;
  // By RunClock, as in the timeline. Infinite past: it was not started.
  absl::Time start = absl::InfinitePast();
  absl::Time end = absl::InfinitePast();
  // From the time when the run began to build: may begin before `start`.
  Timeline timeline;
  // Of the context, as they were sent to the builder. Nothing: none were.
  std::optional<int64_t> context_bytes;
  // Of the compressed image, or of `output_tar`. Nothing: unknown.
  std::optional<int64_t> image_bytes;
  std::string log_file;    // empty: there was no log
  std::string output_tar;  // with --output
  std::vector<std::string> warnings;
  std::optional<Failure> failure;
};

// The results of a run.
struct RunResult {
  std::string version;  // of the program
  std::vector<ImageResult> images;
  // A failure that does not belong to a single image: of hooks.
  std::optional<Failure> failure;
  // By RunClock.
  absl::Time start = absl::InfinitePast();
  absl::Time end = absl::InfinitePast();
  // What the run did apart from images: the plan, hooks.
  Timeline timeline;
};

// The version of the result's format, and of the events'.
inline constexpr int kSchemaVersion = 1;

// Return what programs read of a result, a failure or a phase; see
// schema/result.proto. Paths of log files become absolute.
output::Result ToRecord(const RunResult& result);
output::Image ToRecord(const ImageResult& result);
output::Failure ToRecord(const Failure& failure);
output::Step ToRecord(const Phase& phase);

// Returns the JSON of a result on one line, or `pretty` with two spaces of
// indentation; no line end.
std::string ToJson(const RunResult& result, bool pretty);

// Returns name and digest of an image that is in its registry, ready to be
// deployed; nothing if it was not pushed, or after a failure.
std::optional<std::string> RefOf(const ImageResult& result);

// Returns a time as programs read it: RFC 3339 in UTC, with milliseconds.
std::string ToText(absl::Time time);

// Returns 0 if all images are built, 1 for a failed build, 2 for the config, 3
// for the environment, 130 if interrupted. Of several failures: 130 before 2, 2
// before 1, and 3 only if all are the environment's.
int ExitCode(const RunResult& result);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_RESULT_H_
