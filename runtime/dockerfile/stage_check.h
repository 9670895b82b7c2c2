// What BuildKit rejects in a stage, whether the target needs it or not.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_STAGE_CHECK_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_STAGE_CHECK_H_

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/build_args.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/references.h"
#include "runtime/dockerfile/scope.h"

namespace ovenbird::dockerfile {

// Returns whether no image can have that name: a variable in it was empty.
bool HasHole(absl::string_view image);

// Reports bases, platforms and references that no build accepts.
class StageCheck {
 public:
  // All arguments must outlive the object.
  StageCheck(const Dockerfile& dockerfile, const BuildArgs& build_args,
             const StageNames& names, diag::Sink& sink)
      : dockerfile_(dockerfile),
        build_args_(build_args),
        names_(names),
        sink_(sink) {}

  // Reports the problems of a stage's FROM and of its references. `global` has
  // the ARGs before the first FROM.
  void CheckStage(const Stage& stage, const Scope& global) const;
  // Reports a reference of `stage` that has variables, that means a stage which
  // is not built before, or that is not the name of an image.
  void CheckReference(const Stage& stage, const Reference& reference) const;

 private:
  void CheckBase(const Stage& stage, const Scope& global) const;
  void CheckPlatform(const Stage& stage, const Scope& global) const;
  void CheckImageName(absl::string_view image, Span span) const;
  // Warns about the name of an image that is close to that of an earlier stage.
  void CheckTypo(const Stage& stage, absl::string_view image, Span span) const;

  const Dockerfile& dockerfile_;
  const BuildArgs& build_args_;
  const StageNames& names_;
  diag::Sink& sink_;
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_STAGE_CHECK_H_
