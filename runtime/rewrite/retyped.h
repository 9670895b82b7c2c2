// Base images with a folder in a layer where a lower layer has something else:
// executors unpack one layer over the other, and do not remove what is there.
#ifndef OVENBIRD_RUNTIME_REWRITE_RETYPED_H_
#define OVENBIRD_RUNTIME_REWRITE_RETYPED_H_

#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Reports such folders of the stage's base image where the stage needs its
// files. May read the base image.
void ReportRetypedFolders(const Site& site);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_RETYPED_H_
