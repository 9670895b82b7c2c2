// From a field of the build pod back to the option of the config that decides
// it. Pure, like manifest.h, which makes the pod.
#ifndef OVENBIRD_RUNTIME_KUBE_POD_ORIGINS_H_
#define OVENBIRD_RUNTIME_KUBE_POD_ORIGINS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::kube {

// Keys and indices, from the outside to the inside: "tolerations", "0", "key".
using FieldPath = std::vector<std::string>;

// Returns the path of a field as the API server writes it:
// "spec.containers[0].resources.limits[nvidia.com/gpu]".
FieldPath ParseFieldPath(absl::string_view field);

// A row of the table of fields. Steps of a path are separated by dots.
struct PodOrigin {
  // A field of the pod. `@NAME` is the item of a list with this `name`, where
  // `#` is a number; `@*` is any item with a name. `%queue` is kQueueLabel.
  absl::string_view pod;
  // The option that decides the field and all below it, a path in `kaniko`. `#`
  // and `*` are what they are in `pod`; `%cache` and `%secret` are the key and
  // the index of the cache and of the build secret with that number.
  absl::string_view config;
};

// Returns the table; the first row that fits a field applies.
absl::Span<const PodOrigin> PodOrigins();

// Returns the path in the config's `kaniko` object of the value that a field of
// the pod has, or would have; empty if no option decides it.
FieldPath OriginOf(const BuildSpec& spec, const FieldPath& field);
FieldPath OriginOf(const BuildSpec& spec, absl::string_view field);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_POD_ORIGINS_H_
