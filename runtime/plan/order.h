// The order between images of one run: an image is built after those that its
// Dockerfile starts from.
#ifndef OVENBIRD_RUNTIME_PLAN_ORDER_H_
#define OVENBIRD_RUNTIME_PLAN_ORDER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::plan {

// An image of the run, as FindOrder needs it. The views are of the config.
struct OrderImage {
  absl::string_view key;
  absl::string_view image;  // as in the config, without tag
  std::vector<std::string> tags;
  // The images that its Dockerfile names (FROM, COPY --from, RUN --mount).
  std::vector<dockerfile::BaseImage> bases;
  // The mirrors where its build looks for images of Docker Hub first
  // (mirrors.h).
  std::vector<std::string> mirrors;
};

// The images of the run that an image depends on.
struct ImageOrder {
  // Indexes of the images that must be built before, sorted.
  std::vector<size_t> after;
  // For each of OrderImage::bases: the index of the image of this run that it
  // is, if any. An image that starts from its own tag, i.e. from its earlier
  // build, has its own index.
  std::vector<std::optional<size_t>> bases;
};

// Returns the order of each image.
//
// A name means an image of this run if it is the image's repository with one of
// the tags that this run gives it. Without a tag it means `latest`, because
// Dockerfiles are not changed. If this run gives no such tag, the order still
// holds, and a warning says which image is used. A cycle is an error at the key
// of its first image, which `span_of` finds.
std::vector<ImageOrder> FindOrder(
    const std::vector<OrderImage>& images,
    const std::function<Span(absl::string_view)>& span_of, diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_ORDER_H_
