// The receiver (receiver.h) as it is sent to pods.
#ifndef OVENBIRD_RUNTIME_KUBE_RECEIVER_PROGRAM_H_
#define OVENBIRD_RUNTIME_KUBE_RECEIVER_PROGRAM_H_

#include "absl/strings/string_view.h"

namespace ovenbird::kube::receiver {

// The machine, as `uname -m` prints it, for which Program() is: the one that
// this was compiled for. Empty if its name is not known here.
#if defined(__x86_64__)
inline constexpr char kMachine[] = "x86_64";
#elif defined(__aarch64__)
inline constexpr char kMachine[] = "aarch64";
#else
inline constexpr char kMachine[] = "";
#endif

// Returns the executable file: static, for every Linux on that machine.
absl::string_view Program();

}  // namespace ovenbird::kube::receiver

#endif  // OVENBIRD_RUNTIME_KUBE_RECEIVER_PROGRAM_H_
