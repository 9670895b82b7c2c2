// Reads kaniko's log for the cause of a failure. kaniko's messages differ by
// version; a rule matches the part that all versions since 0.17.1 share.
#ifndef OVENBIRD_RUNTIME_BUILD_KANIKO_LOG_H_
#define OVENBIRD_RUNTIME_BUILD_KANIKO_LOG_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/build/failure.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::build {

// Returns a line of kaniko's own log without colours, key names and escapes:
// "INFO Pushing image to x", whatever its --log-format is. Lines of RUN
// commands stay as they are.
std::string ReadableLine(absl::string_view line);

// Returns the digest that a build has printed as its result, without space
// around it, or an empty string: RUN instructions can print anything too.
std::string PrintedDigest(absl::string_view printed);

// Where kaniko runs: in a pod of the cluster or a container of this machine.
// The help for a failure depends on it.
enum class KanikoRunsIn { kPod, kContainer };

// The parts of a log that an explanation needs: its first and last lines and
// the warnings worth repeating. Needs bounded memory, whatever the length of
// the log.
class KanikoLog {
 public:
  // Adds one line without its line end; removes colour codes.
  void Add(absl::string_view raw);

  // Returns why a run that exited with `exit_code` failed: of a command with
  // the end of its output, and with the line of the Dockerfile (null: unknown)
  // if it can be found. `rewritten`: what was sent in its place. A failure that
  // may pass by itself, such as of a registry, is one of the environment.
  Failure Explain(int exit_code, const SourceFile* dockerfile = nullptr,
                  KanikoRunsIn where = KanikoRunsIn::kPod,
                  const rewrite::Rewritten* rewritten = nullptr) const;
  // What went wrong without failing the build, such as layers that could not
  // be stored in the cache.
  const std::vector<std::string>& warnings() const { return warnings_; }
  // Digest of the last "Pushed repo@sha256:..." line; empty without one.
  const std::string& pushed_digest() const { return pushed_digest_; }
  // ONBUILD instructions of base images that kaniko has run or is about to.
  int triggers() const { return triggers_; }
  // Returns whether kaniko has begun to push the image.
  bool has_begun_to_push() const { return has_begun_to_push_; }
  // Returns whether kaniko has found no Dockerfile in the context, and has
  // ended for that reason before it did anything.
  bool has_no_dockerfile() const { return has_no_dockerfile_; }
  bool empty() const { return first_.empty(); }

 private:
  // The last lines that the failed command has printed; none for other causes.
  std::vector<std::string> OutputBefore(absl::string_view cause) const;

  std::vector<std::string> first_;
  std::deque<std::string> last_;
  std::vector<std::string> warnings_;
  std::string pushed_digest_;
  int triggers_ = 0;
  bool has_begun_to_push_ = false;
  bool has_no_dockerfile_ = false;
  std::string instruction_;  // the last one that was run
  std::string base_;         // the last base image that was asked for
  // The last lines since the command of the instruction was started.
  std::optional<std::deque<std::string>> output_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_KANIKO_LOG_H_
