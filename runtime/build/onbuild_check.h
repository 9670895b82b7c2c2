// ONBUILD instructions that nobody knew of before kaniko ran them: only what
// COPY and ADD of the Dockerfile take is in the pod, and theirs copy nothing
// or too little, without an error.
#ifndef OVENBIRD_RUNTIME_BUILD_ONBUILD_CHECK_H_
#define OVENBIRD_RUNTIME_BUILD_ONBUILD_CHECK_H_

#include <optional>

#include "runtime/build/failure.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {

// Returns a failure if kaniko runs more ONBUILD instructions than were known,
// and not all files were sent. `triggers_run`: the number from kaniko's log
// (KanikoLog::triggers()).
inline std::optional<Failure> FilesLeftOut(const plan::ImagePlan& plan,
                                           int triggers_run) {
  if (plan.sends_everything || triggers_run <= plan.known_triggers) {
    return std::nullopt;
  }
  Failure failure;
  failure.kind = FailureKind::kBuild;
  failure.what =
      "the base image brings ONBUILD instructions, and the files that they "
      "copy were not sent";
  failure.hint =
      "build it with --full-context; or copy the files in this Dockerfile";
  return failure;
}

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_ONBUILD_CHECK_H_
