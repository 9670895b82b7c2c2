// COPY --from: files of the image that the copied ones replace.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_OBSTACLES_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_OBSTACLES_H_

#include <string>
#include <vector>

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/from_copy.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Appends the paths of the image, symlinks and files with several names, that
// the executor would write through when it copies the source. May read the base
// images.
void FindObstacles(const FromCopy& copy, std::vector<std::string>& found);

// Adds an instruction that removes the obstacles before the COPY. Does nothing
// without a build context to send files with.
void MakeWay(const Site& site, const std::vector<std::string>& obstacles,
             Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_OBSTACLES_H_
