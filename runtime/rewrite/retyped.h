// Base images with a folder in a layer where a lower layer has a file or a
// symlink: executors unpack one layer over the other without removing what
// exists there.
#ifndef OVENBIRD_RUNTIME_REWRITE_RETYPED_H_
#define OVENBIRD_RUNTIME_REWRITE_RETYPED_H_

#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports such folders of the stage's base image if the stage needs its files.
// May read the base image.
void ReportRetypedFolders(const Site& site);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_RETYPED_H_
