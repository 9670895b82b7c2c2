// Which images of a config to build.
#ifndef OVENBIRD_RUNTIME_PLAN_SELECT_IMAGES_H_
#define OVENBIRD_RUNTIME_PLAN_SELECT_IMAGES_H_

#include <string>
#include <utility>
#include <vector>

#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {

// An image with its key.
using KeyedImage = std::pair<std::string, config::Image>;

// Returns the keys of images.
std::vector<std::string> KeysOf(const std::vector<const KeyedImage*>& images);

// Returns the images to build, in the order and the memory of `config`, by the
// names of the command line (none: all), without disabled ones; reports unknown
// names to `sink`.
std::vector<const KeyedImage*> SelectImages(
    const config::Config& config, const std::vector<std::string>& names,
    diag::Sink& sink);

// Reports that SelectImages selects none, because the config has no images or
// all of them are disabled; does nothing for names that it reports itself.
void CheckForImages(const config::Loaded& project,
                    const std::vector<std::string>& names, diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_SELECT_IMAGES_H_
