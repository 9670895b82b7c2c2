// Where a build pulls an image from, and how.
#ifndef OVENBIRD_RUNTIME_PLAN_PULL_PLACES_H_
#define OVENBIRD_RUNTIME_PLAN_PULL_PLACES_H_

#include <string>
#include <vector>

#include "runtime/config/config.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {

// Returns whether kaniko pulls from the registry without checking its
// certificate, or over plain HTTP, when it builds `own_image`.
bool IsInsecurePull(const config::Kaniko& kaniko, const std::string& own_image,
                    const std::string& domain);

// A name under which kaniko asks for an image.
struct PullPlace {
  registry::Reference name;
  bool insecure = false;
};

// Returns the names under which kaniko asks for an image, in order. Empty:
// `image` is not a valid name.
std::vector<PullPlace> PullPlaces(const config::Kaniko& kaniko,
                                  const std::string& own_image,
                                  const std::string& image);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_PULL_PLACES_H_
