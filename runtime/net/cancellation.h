// The signal that ends blocked calls, under the name of this folder:
// subprocesses (runtime/base/subprocess.h) are ended by the same one.
#ifndef OVENBIRD_RUNTIME_NET_CANCELLATION_H_
#define OVENBIRD_RUNTIME_NET_CANCELLATION_H_

#include "runtime/base/cancellation.h"

namespace ovenbird::net {

using ::ovenbird::Cancellation;
using ::ovenbird::CheckNotCancelled;
using ::ovenbird::Sleep;

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_CANCELLATION_H_
