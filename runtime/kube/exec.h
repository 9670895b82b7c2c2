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

struct ExecRequest {
  std::string name_space;
  std::string pod;
  std::string container;
  std::vector<std::string> command;

  // What the command reads. Fills the front of the buffer; 0 is the end; an
  // error ends the command's connection and is returned. Called in a thread of
  // its own, as fast as the command reads. Not set: no stdin.
  //
  // With v5.channel.k8s.io (Kubernetes 1.30 and later) the end is passed on.
  // With v4 it can't be: the command must know by itself how much to read
  // (`head -c N`), or it waits for ever.
  std::function<absl::StatusOr<size_t>(absl::Span<char>)> stdin_source;
  // Called before the first byte of stdin is read from the source: whether its
  // end will be passed on. An error ends everything and is returned.
  std::function<absl::Status(bool stdin_has_end)> on_open;
  // The command has ended or the connection broke; in the calling thread. A
  // stdin_source that waits for something must give its end then.
  std::function<void()> on_over;

  // Pieces as they come, in the calling thread. Not set: collected in the
  // result, the last MiB of each.
  std::function<void(absl::string_view)> on_stdout;
  std::function<void(absl::string_view)> on_stderr;

  // False: as if every server were older than 1.30. For tests.
  bool offer_v5 = true;

  // Nothing moves in either direction for so long, pings included: given up.
  absl::Duration stall_timeout = absl::Minutes(5);
};

struct ExecResult {
  int exit_code = 0;
  std::string out;
  std::string err;
  // Whether the source was read to its end before the command's end.
  bool stdin_complete = false;
};

// A command with stdin must read all of it, also when it has failed
// (`... || { cat >/dev/null; exit 1; }`): of one that ends with much of its
// stdin unread, today's servers do not tell the end (seen with kubectl and
// Kubernetes 1.34, both protocols), and it is given up after stall_timeout.
//
// Waits for the command's end; an exit code other than 0 is a result. Errors:
//   kUnavailable         the connection broke: the command may have run
//   kNotFound            no such pod or container, or it is not running (any
//   more) kPermissionDenied    with what RBAC must allow kFailedPrecondition
//   the command can't be started (no such program, ...)
absl::StatusOr<ExecResult> Exec(Client& client, const ExecRequest& request,
                                Cancellation* cancel);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_EXEC_H_
