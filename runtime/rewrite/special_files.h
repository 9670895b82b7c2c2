// Named pipes, sockets and devices of the build context.
#ifndef OVENBIRD_RUNTIME_REWRITE_SPECIAL_FILES_H_
#define OVENBIRD_RUNTIME_REWRITE_SPECIAL_FILES_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Creates the named pipes and sockets that the context leaves out in a RUN
// after COPY or ADD, or reports them; reports devices. As in BuildKit, a socket
// becomes an empty file.
void MakeSpecialFiles(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SPECIAL_FILES_H_
