// Instructions that change no files, which executors run twice: to find the
// keys of cached layers, and to build.
#ifndef OVENBIRD_RUNTIME_REWRITE_SECOND_EXPANSION_H_
#define OVENBIRD_RUNTIME_REWRITE_SECOND_EXPANSION_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the executor runs such instructions twice.
bool RunsTwice(const Site& site);

// Escapes quotes, backslashes and dollar signs of names and values, so that
// the second expansion gives what BuildKit's only one gives.
void KeepFromSecondExpansion(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SECOND_EXPANSION_H_
