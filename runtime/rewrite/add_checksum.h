// ADD --checksum for executors that do not check what they download.
#ifndef OVENBIRD_RUNTIME_REWRITE_ADD_CHECKSUM_H_
#define OVENBIRD_RUNTIME_REWRITE_ADD_CHECKSUM_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Appends a RUN that checks the file where the base image has `sha256sum`;
// reports everywhere else that the download is not checked.
void CheckDownload(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ADD_CHECKSUM_H_
