// The names of Docker Hub's official images.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_OFFICIAL_IMAGES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_OFFICIAL_IMAGES_H_

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// Returns whether Docker Hub has an official image of this name, such as
// "golang"; deprecated ones count.
bool IsOfficialImage(absl::string_view name);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_OFFICIAL_IMAGES_H_
