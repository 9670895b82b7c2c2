// The names of stages, and the references to them in COPY --from and
// RUN --mount.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_REFERENCES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_REFERENCES_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// The empty image that a FROM can name.
inline constexpr absl::string_view kScratch = "scratch";

// A name or number in --from or in a mount's `from`.
struct Reference {
  std::string text;
  Span span;
  // COPY: a number is a stage, variables are an error.
  bool is_copy = false;
};

// Returns the references of COPY and RUN in order, none for other keywords.
// Empty ones are left out.
std::vector<Reference> ReferencesOf(const Instruction& instruction);

// Returns the options of `--mount=key=value,...`, with "" for those without a
// value; none if the text is invalid.
std::map<std::string, std::string> MountOptions(absl::string_view text);

// The stages of a Dockerfile by name.
class StageNames {
 public:
  // `dockerfile` must outlive the object.
  explicit StageNames(const Dockerfile& dockerfile);

  // Returns the first stage of that name; -1 for an unknown name.
  int First(absl::string_view name) const;
  // Returns the last stage of that name before stage `below`; -1 if none is.
  int Above(absl::string_view name, int below) const;
  // Returns the stage that a reference means, the last one of the file with
  // that name; -1 if it means an image, or a number without a stage.
  int Of(const Reference& reference) const;
  // Returns whether stage `from` is stage `to`, or copies or mounts from it,
  // directly or not.
  bool Reaches(int from, int to) const;

 private:
  const Dockerfile& dockerfile_;
  // In order.
  std::map<std::string, std::vector<int>, std::less<>> named_;
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_REFERENCES_H_
