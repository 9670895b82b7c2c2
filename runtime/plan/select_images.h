// Which images of a config to build.
#ifndef OVENBIRD_RUNTIME_PLAN_SELECT_IMAGES_H_
#define OVENBIRD_RUNTIME_PLAN_SELECT_IMAGES_H_

#include <string>
#include <vector>

#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {

// Returns the keys of the images to build, by the names of the command line
// (none: all), without disabled ones; reports unknown names to `sink`.
std::vector<std::string> SelectImages(const config::Config& config,
                                      const std::vector<std::string>& names,
                                      diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_SELECT_IMAGES_H_
