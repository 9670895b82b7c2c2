// For tests of uploads: the pod's end of the handover of a context
// (kube/handover.h), in the test's own server.
#ifndef OVENBIRD_RUNTIME_KUBE_TESTING_CONTEXT_RECEIVER_H_
#define OVENBIRD_RUNTIME_KUBE_TESTING_CONTEXT_RECEIVER_H_

#include <string>

#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::kube::testing {

// What the pod does with the context.
enum class Reception {
  kComplete,      // receives it; the command exits with 0
  kKilled,        // receives it; the command exits with 137 after the verdict
  kCutAtTheEnd,   // receives it; the connection breaks after the verdict
  kCut,           // the connection breaks before the digest is sent
  kOtherDigest,   // sends the digest of other bytes
  kCannotUnpack,  // the command exits with 2 and an error message
  kExitsEarly,    // the command exits with 0 before the digest is sent
};

// Accepts the exec request and plays the pod's part. Returns the bytes of the
// tar; the verdict follows them if the client has sent one.
std::string ReceiveContext(net::testing::Conversation& conversation,
                           const net::Request& request, Reception reception);

}  // namespace ovenbird::kube::testing

#endif  // OVENBIRD_RUNTIME_KUBE_TESTING_CONTEXT_RECEIVER_H_
