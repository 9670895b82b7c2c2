// Checks of the API server itself: its version and its clock.
#ifndef OVENBIRD_RUNTIME_DOCTOR_SERVER_H_
#define OVENBIRD_RUNTIME_DOCTOR_SERVER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/doctor/finding.h"
#include "runtime/kube/access.h"
#include "runtime/kube/client.h"

namespace ovenbird::doctor {

// The minor versions of Kubernetes 1 at both ends of what the end-to-end tests
// run on (docs/e2e.md).
inline constexpr int kOldestMinor = 20;
inline constexpr int kNewestMinor = 37;

// Returns one finding about the kubeconfig that the access, or the failure to
// find it, comes from.
Finding CheckKubeconfig(const absl::StatusOr<kube::ClusterAccess>& access);

// Returns the minor version of Kubernetes 1: 37 for "v1.37.1"; -1 if the server
// does not tell.
int MinorVersion(const kube::ServerInfo& info);

// Returns one finding about the version, or about the failure to ask for it.
Finding CheckServer(const absl::StatusOr<kube::ServerInfo>& info);

// Returns one finding about the difference between the clocks of the server and
// of this machine, which has sent the request and received the answer at these
// times.
Finding CheckClock(const kube::ServerInfo& info, absl::Time sent,
                   absl::Time received);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_SERVER_H_
