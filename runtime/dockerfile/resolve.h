// What a Dockerfile needs and does with given build arguments: which stages
// take part, which images they start from, what they take from the build
// context, and where they put it.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_RESOLVE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_RESOLVE_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

using BuildArgs = std::map<std::string, std::string>;

// Returns the stage that `target` names (letter case does not count); "" is the
// last one. nullopt: there is none, which is reported to `sink` at `span` (the
// target's place in the config), or else at the Dockerfile's top.
std::optional<int> FindTarget(const Dockerfile& dockerfile,
                              absl::string_view target, Span span,
                              diag::Sink& sink);

// Build arguments that no ARG declares (and that are none of the predefined
// ones): their names, sorted.
std::vector<std::string> UndeclaredArgs(const Dockerfile& dockerfile,
                                        const BuildArgs& build_args);
// All names that ARG declares.
std::vector<std::string> DeclaredArgs(const Dockerfile& dockerfile);

// An image from a registry.
struct BaseImage {
  std::string image;  // "golang:1.20"
  Span span;          // where the Dockerfile names it
  int stage = 0;
  bool is_base = true;  // of FROM; false: COPY --from, RUN --mount
};

// Something that a stage takes from the build context.
struct Source {
  enum Kind {
    kPath,     // this file or folder, and all below
    kPattern,  // the same for each path that the pattern matches
    kPrefix,   // the same for each path that starts so
    kAll,      // everything
  };
  Kind kind = kAll;
  std::string text;  // relative to the context, clean; "" for kAll
  Span span;
  // kAll: why, for the user: "`COPY .`", "`$DIR` is not known".
  std::string why;
  // From COPY or ADD: when it is missing the build fails.
  bool required = false;
  // From COPY or ADD, a pattern: when nothing matches, nothing is copied.
  bool optional = false;
};

// A path in the image that COPY, ADD or WORKDIR writes to; absolute, clean.
struct Destination {
  std::string path;
  Span span;
  std::string keyword;
  // What COPY and ADD bring there from the build context.
  std::vector<Source> sources;
  // COPY --from: the stage; -1 for images and without the flag.
  int from_stage = -1;
  // What is taken from that stage; absolute, clean, may be patterns.
  std::vector<std::string> from_paths;
};

struct ResolveOptions {
  BuildArgs build_args;
  // From FindTarget.
  int target = 0;
  // The executor leaves stages out that the target does not need; else it
  // builds all up to the target.
  bool skip_unused_stages = true;
  // The executor honours RUN --mount.
  bool run_mounts = true;
  // ONBUILD instructions that an image from a registry brings; nullopt: not
  // known. Unset: known to be none.
  std::function<std::optional<std::vector<std::string>>(absl::string_view)>
      onbuild;
};

struct Resolution {
  std::vector<int> stages;        // that take part, in order
  std::vector<BaseImage> images;  // each once, in order; not `scratch`
  std::vector<Source> sources;
  std::vector<Destination> destinations;
  // ONBUILD instructions that these stages run.
  int triggers = 0;
  // What ARG declares in the ONBUILD instructions of images from a registry.
  std::set<std::string> trigger_args;
};

// Problems (a FROM whose image can't be known, a --from that is no stage) go
// to `sink`; what depends on them is left out of the result.
Resolution Resolve(const Dockerfile& dockerfile, const ResolveOptions& options,
                   diag::Sink& sink);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_RESOLVE_H_
