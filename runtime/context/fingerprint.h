// What a build context is, in 64 hexadecimal digits: over paths, kinds,
// executable bits, link targets and contents. No times and no absolute paths,
// so that two machines with the same checkout agree.
#ifndef OVENBIRD_RUNTIME_CONTEXT_FINGERPRINT_H_
#define OVENBIRD_RUNTIME_CONTEXT_FINGERPRINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/context/listing.h"

namespace ovenbird::context {

// Reads every file of the listing; errors name the one that can't be read.
absl::StatusOr<std::string> Fingerprint(const Listing& listing);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_FINGERPRINT_H_
