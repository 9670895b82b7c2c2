// The signal that ends blocked calls, under this folder's name: programs that
// are run (runtime/base/subprocess.h) end by the same one.
#ifndef OVENBIRD_RUNTIME_NET_CANCELLATION_H_
#define OVENBIRD_RUNTIME_NET_CANCELLATION_H_

#include "runtime/base/cancellation.h"

namespace ovenbird::net {

using ::ovenbird::Cancellation;
using ::ovenbird::CheckNotCancelled;
using ::ovenbird::Sleep;

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_CANCELLATION_H_
