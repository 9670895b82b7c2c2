// How the build context gets from us into the pod. The init container waits
// on a FIFO; a second process, started in it by exec, unpacks the tar stream
// from its standard input, prints the SHA-256 of what arrived, and hands our
// verdict to the waiting one. So kaniko starts only on a complete context, at
// once, and nobody polls.
//
// Both scripts need only what busybox has: sh, mkfifo, head, tee, tar,
// sha256sum, cat.
#ifndef OVENBIRD_RUNTIME_KUBE_HANDOVER_H_
#define OVENBIRD_RUNTIME_KUBE_HANDOVER_H_

#include <cstdint>
#include <string>
#include <vector>

namespace ovenbird::kube {

// Where the context is, in the init container and in kaniko's.
inline constexpr char kContextPath[] = "/context";
// The verdict that lets kaniko start; anything else fails the pod.
inline constexpr char kComplete[] = "complete";

// Command of the init container: ends with 0 when it is handed kComplete.
std::vector<std::string> WaitCommand();

// Command to exec in the init container. Standard input: `size` bytes of tar,
// then, after the digest was read from standard output, the verdict and a line
// end. Standard output: one line, the SHA-256 in hexadecimal.
std::vector<std::string> ReceiveCommand(uint64_t size);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_HANDOVER_H_
