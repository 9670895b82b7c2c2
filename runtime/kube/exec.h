// Runs a command in a container, with its standard streams, over a WebSocket.
#ifndef OVENBIRD_RUNTIME_KUBE_EXEC_H_
#define OVENBIRD_RUNTIME_KUBE_EXEC_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "runtime/base/cancellation.h"
#include "runtime/kube/client.h"

namespace ovenbird::kube {

// A command to run, with callbacks for its streams.
struct ExecRequest {
  std::string name_space;
  std::string pod;
  std::string container;
  std::vector<std::string> command;

  // The input of the command. Fills the front of the buffer; 0 is the end; an
  // error closes the command's connection and is returned. Called in a thread
  // of its own, as fast as the command reads. Not set: no stdin.
  //
  // With v5.channel.k8s.io (Kubernetes 1.30 and later) the end is passed on.
  // With v4 it cannot be: the command must know the number of bytes
  // (`head -c N`), or it waits forever.
  std::function<absl::StatusOr<size_t>(absl::Span<char>)> stdin_source;
  // Called before the first byte of stdin is read from the source, with whether
  // its end will be passed on. An error ends everything and is returned.
  std::function<absl::Status(bool stdin_has_end)> on_open;
  // Called in the calling thread when the command has ended or the connection
  // broke. A stdin_source that waits for something must return its end then.
  std::function<void()> on_over;

  // Get the output piece by piece, in the calling thread. Not set: at least the
  // last MiB of each is collected in the result.
  std::function<void(absl::string_view)> on_stdout;
  std::function<void(absl::string_view)> on_stderr;

  // False: treat every server as older than 1.30. For tests.
  bool offer_v5 = true;

  // The connection is given up after this time without any data in either
  // direction, pings included.
  absl::Duration stall_timeout = absl::Minutes(5);
};

// How a command ended, and its collected output.
struct ExecResult {
  int exit_code = 0;
  std::string out;
  std::string err;
  // The source was read to its end before the command ended.
  bool stdin_complete = false;
};

// Runs a command and waits until it has exited; an exit code other than 0 is a
// result, not an error. Errors:
// - kUnavailable: the connection broke; the command may have run
// - kNotFound: the pod or container does not exist or is not running
// - kPermissionDenied: names the permission that RBAC must grant
// - kFailedPrecondition: the command cannot be started (program not found, ...)
//
// A command with stdin must read all of it, even after a failure
// (`... || { cat >/dev/null; exit 1; }`): if a command exits with much of its
// stdin unread, today's servers do not report its end (seen with kubectl and
// Kubernetes 1.34, both protocols), and it is given up after stall_timeout.
absl::StatusOr<ExecResult> Exec(Client& client, const ExecRequest& request,
                                Cancellation* cancel);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_EXEC_H_
