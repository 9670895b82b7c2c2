// FROM --platform, which executors ignore.
#ifndef OVENBIRD_RUNTIME_PLAN_FROM_PLATFORM_H_
#define OVENBIRD_RUNTIME_PLAN_FROM_PLATFORM_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/platform.h"
#include "runtime/base/source_file.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::plan {

// A stage that starts from the image for another platform than that of the
// build, or than that of an unknown build.
struct OtherBase {
  int stage = 0;
  Span flag;
  Platform platform;
  // That image by its digest: "r.io/base@sha256:..."; empty if it is unknown,
  // or if a RUN executes its programs, which the node cannot.
  std::string image;
};

// Returns what is known of an image for a platform; null: nothing.
using FindImageOfPlatform =
    std::function<std::shared_ptr<const rewrite::BaseImage>(
        const std::string& image, const Platform& platform)>;

// Returns the stages among `stages` whose `FROM --platform` makes a difference:
// an image for a single platform is the same with any. `args` includes the
// platform's arguments; `platform`: of the build, nullopt: unknown. Asks `find`
// only about these stages.
std::vector<OtherBase> FindOtherBases(const dockerfile::Dockerfile& dockerfile,
                                      const std::vector<int>& stages,
                                      const dockerfile::BuildArgs& args,
                                      const std::optional<Platform>& platform,
                                      const FindImageOfPlatform& find);

// Returns the stage that the chain of stages from `stage` begins with: it
// starts from an image.
int RootStage(const dockerfile::Dockerfile& dockerfile, int stage,
              const dockerfile::BuildArgs& args);

// Returns whether a RUN executes programs of the image that the stage `root`
// starts from, in it or in a stage that starts from it.
bool HasRunInChain(const dockerfile::Dockerfile& dockerfile,
                   const std::vector<int>& stages, int root,
                   const dockerfile::BuildArgs& args);

// Returns the name of the image that a stage starts from; empty: unknown.
std::string ImageOfStage(const dockerfile::Dockerfile& dockerfile,
                         const dockerfile::Stage& stage,
                         const dockerfile::BuildArgs& args);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_FROM_PLATFORM_H_
