// Listings for tests, without a disk.
#ifndef OVENBIRD_RUNTIME_REWRITE_TESTING_LISTING_H_
#define OVENBIRD_RUNTIME_REWRITE_TESTING_LISTING_H_

#include <string>
#include <vector>

#include "runtime/context/listing.h"

namespace ovenbird::rewrite {

// Returns a listing of "file", "folder/", "link -> target", in any order; each
// folder of a path must be an entry. Modes are 0644 and 0755, or follow a
// colon: "file:0600".
context::Listing MakeListing(const std::vector<std::string>& entries);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_TESTING_LISTING_H_
