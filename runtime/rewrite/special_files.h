// Named pipes and sockets of the build context.
#ifndef OVENBIRD_RUNTIME_REWRITE_SPECIAL_FILES_H_
#define OVENBIRD_RUNTIME_REWRITE_SPECIAL_FILES_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// COPY, ADD: makes the named pipes and sockets that the context leaves out in a
// RUN, or reports them. BuildKit makes an empty file of a socket.
void MakeSpecialFiles(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SPECIAL_FILES_H_
