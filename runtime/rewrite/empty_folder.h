// An empty folder of our own in the build context: COPY gives the target its
// owner and mode.
#ifndef OVENBIRD_RUNTIME_REWRITE_EMPTY_FOLDER_H_
#define OVENBIRD_RUNTIME_REWRITE_EMPTY_FOLDER_H_

#include <cstdint>

#include "runtime/context/owner.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/draft.h"

namespace ovenbird::rewrite {

// Adds the folder to the draft's files and returns it as a source of COPY.
dockerfile::Word EmptyFolder(uint16_t mode, const context::Owner& owner,
                             Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_EMPTY_FOLDER_H_
