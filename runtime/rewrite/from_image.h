// COPY --from=IMAGE: what the executor changes in the files of another image.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_IMAGE_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_IMAGE_H_

#include <string>

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Follows the symlinks that are named as sources, leaves out what the image's
// upper layers delete, and keeps root as the owner of new target folders.
// Reports what is lost otherwise. Does nothing if the image's files are
// unknown.
void RewriteCopyFromImage(const Site& site, const std::string& image,
                          Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_IMAGE_H_
