// The order between images of one run: an image is built after those that its
// Dockerfile starts from.
#ifndef OVENBIRD_RUNTIME_BUILD_ORDER_H_
#define OVENBIRD_RUNTIME_BUILD_ORDER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::build {

struct OrderImage {
  std::string key;
  Span span;          // of the key in the config
  std::string image;  // as in the config, without tag
  std::vector<std::string> tags;
  // What its Dockerfile names (FROM, COPY --from, RUN --mount).
  std::vector<dockerfile::BaseImage> bases;
};

// For each image the indexes of those that have to be built before it, sorted.
//
// A name means an image of this run when it is its repository with one of the
// tags that this run gives it. Without a tag it means `latest`, as everywhere:
// Dockerfiles are not changed. When this run gives no such tag, the order is
// kept all the same and a warning says what is taken. A circle is an error at
// the key of its first image.
std::vector<std::vector<size_t>> FindOrder(
    const std::vector<OrderImage>& images, diag::Sink& sink);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_ORDER_H_
