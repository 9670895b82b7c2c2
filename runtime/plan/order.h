// The order between images of one run: an image is built after those that its
// Dockerfile starts from.
#ifndef OVENBIRD_RUNTIME_PLAN_ORDER_H_
#define OVENBIRD_RUNTIME_PLAN_ORDER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::plan {

struct OrderImage {
  std::string key;
  Span span;          // of the key in the config
  std::string image;  // as in the config, without tag
  std::vector<std::string> tags;
  // What its Dockerfile names (FROM, COPY --from, RUN --mount).
  std::vector<dockerfile::BaseImage> bases;
  // Where its build looks for images of Docker Hub first (mirrors.h).
  std::vector<std::string> mirrors;
};

struct ImageOrder {
  // Indexes of the images that have to be built before, sorted.
  std::vector<size_t> after;
  // Of each of `bases`: the image of this run that it is, if it is one. An
  // image that starts from its own tag, from what was built before, has its
  // own index.
  std::vector<std::optional<size_t>> bases;
};

// One for each image.
//
// A name means an image of this run when it is its repository with one of the
// tags that this run gives it. Without a tag it means `latest`, as everywhere:
// Dockerfiles are not changed. When this run gives no such tag, the order is
// kept all the same and a warning says what is taken. A circle is an error at
// the key of its first image.
std::vector<ImageOrder> FindOrder(const std::vector<OrderImage>& images,
                                  diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_ORDER_H_
