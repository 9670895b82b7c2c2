// The receiver (receiver.h) as it is sent to pods.
#ifndef OVENBIRD_RUNTIME_KUBE_RECEIVER_PROGRAM_H_
#define OVENBIRD_RUNTIME_KUBE_RECEIVER_PROGRAM_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ovenbird::kube::receiver {

// The receiver for one kind of machine.
struct Program {
  absl::string_view machine;  // as `uname -m` prints it
  absl::string_view file;     // static: runs on every Linux of that machine
};

// Returns the programs: the first one is for the machine that this was built
// on, the second one for the other of x86-64 and arm64, if there was a compiler
// for it (third_party/foreign.bzl).
absl::Span<const Program> Programs();

}  // namespace ovenbird::kube::receiver

#endif  // OVENBIRD_RUNTIME_KUBE_RECEIVER_PROGRAM_H_
