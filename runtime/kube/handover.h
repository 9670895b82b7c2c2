// How the build context gets from us into the pod. The init container waits on
// a FIFO; a second process, started in it by exec, unpacks the tar stream from
// its standard input, prints the SHA-256 of the received bytes, and passes our
// verdict to the waiting process. So kaniko starts only on a complete context,
// immediately, and without polling.
//
// Both scripts need only busybox: sh, mkfifo, head, tee, tar, sha256sum, cat,
// sleep; gunzip, zstd and dd only for a compressed context; dd, uname and chmod
// only for the receiver, a program of ours that replaces the script.
#ifndef OVENBIRD_RUNTIME_KUBE_HANDOVER_H_
#define OVENBIRD_RUNTIME_KUBE_HANDOVER_H_

#include <string>
#include <vector>

namespace ovenbird::kube {

// The folder of the context, in the init container and in kaniko's.
inline constexpr char kContextPath[] = "/context";
// The folder of the context in an image that contains it: kaniko leaves what is
// below /kaniko alone. Nothing is handed over then.
inline constexpr char kContextInImage[] = "/kaniko/context";
// Where that image is mounted, if it is a volume of the pod.
inline constexpr char kContextVolumePath[] = "/kaniko/volume";
// The verdict that lets kaniko start; anything else fails the pod.
inline constexpr char kComplete[] = "complete";

// Returns the command of the init container. It exits with 0 if it receives
// kComplete, with another code for any other verdict or if no receiver was
// alive for 5 minutes.
std::vector<std::string> WaitCommand();

// Returns the command to exec in the init container.
//
// It first prints "ready", followed on the same line by what it can read in
// addition to plain bytes: "pieces", "gzip", "zstd", and by its machine
// ("x86_64"), which is there only with "pieces". Then it reads:
//   program N  and N bytes: the receiver (receiver/receiver.h). If it runs, it
//              prints "runs" and reads frames (receiver/frames.h) in place of
//              all that follows here. If not, this prints "unable". Only first.
//   piece N    and N bytes of tar; prints "got" once it has them; more follows
//   plain N    and N bytes: the rest of the tar
//   gzip 0     and the rest of the tar, compressed, as frames: a line with the
//              number of bytes, these bytes; 0 is the end
//   zstd 0     the same
// It prints the SHA-256 of the tar in hexadecimal, on a line, and reads the
// verdict, a line. (Send nothing between a plain rest or an end and this line:
// the readers take more than they need.)
//
// `context` and `scratch` are folders in the container; only tests use others.
std::vector<std::string> ReceiveCommand(
    const std::string& context = kContextPath,
    const std::string& scratch = "/tmp");

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_HANDOVER_H_
