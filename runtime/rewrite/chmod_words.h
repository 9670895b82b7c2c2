// --chmod in words where the files do not come from the context: those of the
// context are sent with their modes instead.
#ifndef OVENBIRD_RUNTIME_REWRITE_CHMOD_WORDS_H_
#define OVENBIRD_RUNTIME_REWRITE_CHMOD_WORDS_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Writes the words of a download as octal digits; reports those of COPY --from.
void WriteOutModeWords(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CHMOD_WORDS_H_
