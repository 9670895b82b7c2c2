// The needs and effects of a Dockerfile with given build arguments: the stages
// that are built, the images that they start from, their sources in the build
// context, and their destinations.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_RESOLVE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_RESOLVE_H_

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/build_args.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/target.h"

namespace ovenbird::dockerfile {

// An image from a registry.
struct BaseImage {
  std::string image;  // "golang:1.20"
  Span span;          // of its name in the Dockerfile
  int stage = 0;
  bool is_base = true;  // of FROM; false: COPY --from, RUN --mount
};

// A source in the build context that a stage reads.
struct Source {
  // Which paths the source names.
  enum Kind {
    kPath,     // this file or folder, and all below
    kPattern,  // the same for each path that the pattern matches
    kPrefix,   // the same for each path that starts so
    kAll,      // everything
  };
  Kind kind = kAll;
  std::string text;  // relative to the context, clean; "" for kAll
  Span span;
  // kAll: the reason for the user: "`COPY .`", "`$DIR` is unknown".
  std::string why;
  // From COPY, ADD or a bind mount: if it is missing the build fails.
  bool required = false;
  // From COPY or ADD, a pattern: if nothing matches, nothing is copied.
  bool optional = false;
};

// A path in the image that COPY, ADD or WORKDIR writes to; absolute, clean.
struct Destination {
  std::string path;
  Span span;
  std::string keyword;
  // The sources of COPY and ADD in the build context.
  std::vector<Source> sources;
  // COPY --from: the stage; -1 for images and without the flag.
  int from_stage = -1;
  // The sources in that stage; absolute, clean, may be patterns.
  std::vector<std::string> from_paths;
};

// The inputs of a build in addition to the Dockerfile.
struct ResolveOptions {
  BuildArgs build_args;
  // From FindTarget.
  int target = 0;
  // The executor skips stages that the target does not need; else it builds all
  // up to the target.
  bool skip_unused_stages = true;
  // The executor honours RUN --mount.
  bool run_mounts = true;
  // Returns the ONBUILD instructions of an image from a registry; nullopt if
  // they are unknown. Without this function images have none.
  std::function<std::optional<std::vector<std::string>>(absl::string_view)>
      onbuild;
};

// The result of Resolve.
struct Resolution {
  std::vector<int> stages;        // that are built, in order
  std::vector<BaseImage> images;  // each once, in order; not `scratch`
  std::vector<Source> sources;
  std::vector<Destination> destinations;
  // ONBUILD instructions that these stages run.
  int triggers = 0;
  // The names that ARG declares in ONBUILD instructions of images from a
  // registry.
  std::set<std::string> trigger_args;
};

// Returns the needs and effects of the target. Problems (a FROM whose image
// cannot be known, a --from that does not name a stage) go to `sink`; parts
// that depend on them are not in the result.
Resolution Resolve(const Dockerfile& dockerfile, const ResolveOptions& options,
                   diag::Sink& sink);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_RESOLVE_H_
