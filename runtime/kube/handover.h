// How the build context gets from us into the pod. The init container waits
// on a FIFO; a second process, started in it by exec, unpacks the tar stream
// from its standard input, prints the SHA-256 of what arrived, and hands our
// verdict to the waiting one. So kaniko starts only on a complete context, at
// once, and nobody polls for it.
//
// Both scripts need only what busybox has: sh, mkfifo, head, tee, tar,
// sha256sum, cat, sleep; gunzip, zstd and dd only for a compressed context.
#ifndef OVENBIRD_RUNTIME_KUBE_HANDOVER_H_
#define OVENBIRD_RUNTIME_KUBE_HANDOVER_H_

#include <string>
#include <vector>

namespace ovenbird::kube {

// Where the context is, in the init container and in kaniko's.
inline constexpr char kContextPath[] = "/context";
// The verdict that lets kaniko start; anything else fails the pod.
inline constexpr char kComplete[] = "complete";

// Command of the init container: ends with 0 when it is handed kComplete, with
// something else when no receiver has lived for 5 minutes.
std::vector<std::string> WaitCommand();

// Command to exec in the init container.
//
// It prints at once: "ready", then on the same line what it can read besides
// plain bytes: "pieces", "gzip", "zstd". Then it reads:
//   piece N    and N bytes of tar; prints "got" when it has them; more follows
//   plain N    and N bytes: the rest of the tar
//   gzip 0     and the rest of the tar, compressed, as frames: a line with the
//              number of bytes, these bytes; 0 is the end
//   zstd 0     the same
// It prints the SHA-256 of the tar in hexadecimal, on a line, and reads the
// verdict, a line. (Nothing must be sent between a plain rest or an end and the
// verdict: the readers take more than they need.)
//
// `context`, `scratch`: folders in the container; others than these in tests.
std::vector<std::string> ReceiveCommand(
    const std::string& context = kContextPath,
    const std::string& scratch = "/tmp");

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_HANDOVER_H_
