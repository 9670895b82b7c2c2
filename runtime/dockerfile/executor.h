// What a kaniko executor does with a Dockerfile, by its image's name and tag.
// schema/executors.textproto has the facts.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_EXECUTOR_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_EXECUTOR_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/capability.h"
#include "runtime/kube/kaniko_flags.h"

namespace ovenbird::dockerfile {

// A line of kaniko releases.
enum class Flavour { kGoogle, kChainguard, kOsscontainertools };

// What an executor does with a part of the Dockerfile language.
enum class Verdict {
  kYes,      // builds it as BuildKit does
  kIgnored,  // goes on without it, with exit code 0
  kRefused,  // exits with an error
  kWrong,    // does something else, with exit code 0
  kUnknown,  // the executor is not in the table
};

// One executor, such as kaniko v1.24.0.
class Executor {
 public:
  // Never fails: an unknown image has the verdict kUnknown for every capability
  // in which some executor differs from BuildKit.
  explicit Executor(absl::string_view image);

  // Returns the name for messages: "kaniko v1.24.0", "this kaniko".
  const std::string& name() const { return name_; }

  // Returns whether the table has its version.
  bool IsKnown() const { return flavour_.has_value() && version_.has_value(); }
  // Returns what the executor does with such a part of a Dockerfile.
  Verdict Of(Capability capability) const;
  // Returns whether it is known to do it as BuildKit does.
  bool Can(Capability capability) const {
    return Of(capability) == Verdict::kYes;
  }

  // Returns whether its version is below `version`; false if that is unknown.
  // The version of a fork counts like one of Google's.
  bool IsBefore(kube::KanikoVersion version) const {
    return version_.has_value() && *version_ < version;
  }
  // Returns whether its version is known, and not below `version`.
  bool IsFrom(kube::KanikoVersion version) const {
    return version_.has_value() && !(*version_ < version);
  }

 private:
  std::optional<Flavour> flavour_;
  std::optional<kube::KanikoVersion> version_;
  std::string name_;
  // By capability; kYes for all after the last element.
  std::vector<Verdict> verdicts_;
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_EXECUTOR_H_
