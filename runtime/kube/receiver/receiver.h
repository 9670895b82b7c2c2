// The program that receives a build context in the init container. It is sent
// first, through the same connection (kube/handover.h), and does in one process
// what tar, zstd, tee and sha256sum do in the script: it is linked statically,
// so that it runs in every image of its architecture.
//
// All in this folder but program.h is that program: it uses the C library, XXH3
// and zstd, no part of the C++ library, and no other part of Ovenbird.
#ifndef OVENBIRD_RUNTIME_KUBE_RECEIVER_RECEIVER_H_
#define OVENBIRD_RUNTIME_KUBE_RECEIVER_RECEIVER_H_

namespace ovenbird::kube::receiver {

// Where the receiver reads and writes.
struct Place {
  int in;               // frames (frames.h), then the verdict, a line
  int out;              // lines: see frames.h; the digest in hexadecimal
  int err;              // what has failed
  const char* context;  // the folder to unpack into
  const char* verdict;  // a FIFO or a file that gets the verdict
};

// Receives one context. Returns the exit code: 0 if the context has arrived as
// it was sent and the verdict has been passed on; 1 if the stream was cut or
// given up; 2 if the context could not be unpacked or is damaged. Reads the
// whole stream in each case. Sets the umask to 0.
int Receive(const Place& place);

}  // namespace ovenbird::kube::receiver

#endif  // OVENBIRD_RUNTIME_KUBE_RECEIVER_RECEIVER_H_
