#include "runtime/doctor/server.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace ovenbird::doctor {
namespace {

constexpr char kServer[] = "API server";

// Tokens and certificates have a beginning and an end.
constexpr absl::Duration kMostSkew = absl::Minutes(1);

std::string NextStepFor(const absl::Status& status) {
  if (absl::IsUnauthenticated(status)) {
    return "log in again (the kubeconfig's user), or choose another "
           "--kube-context";
  }
  if (absl::IsFailedPrecondition(status)) {
    return "check `certificate-authority` and `server` in the kubeconfig";
  }
  return "check the address of the kubeconfig, the network, VPN and proxy; "
         "`kubectl version` has to answer";
}

}  // namespace

Finding CheckKubeconfig(const absl::StatusOr<kube::ClusterAccess>& access) {
  if (access.ok()) return Ok("kubeconfig", "kubeconfig", access->description);
  return Error("kubeconfig", "kubeconfig",
               std::string(access.status().message()),
               "set KUBECONFIG or --kube-context, or build on this machine "
               "with --engine local");
}

int MinorVersion(const kube::ServerInfo& info) {
  absl::string_view version = info.version["gitVersion"].string_or();
  if (!absl::ConsumePrefix(&version, "v1.")) return -1;
  int minor = 0;
  const size_t end = version.find_first_not_of("0123456789");
  return absl::SimpleAtoi(version.substr(0, end), &minor) ? minor : -1;
}

Finding CheckServer(const absl::StatusOr<kube::ServerInfo>& info) {
  if (!info.ok()) {
    return Error("server", kServer, std::string(info.status().message()),
                 NextStepFor(info.status()));
  }
  const int minor = MinorVersion(*info);
  const std::string range =
      absl::StrCat("1.", kOldestMinor, " to 1.", kNewestMinor, " are tested");
  if (minor < 0) {
    return Warning(
        "server", kServer,
        absl::StrCat("answers without a version of Kubernetes; ", range),
        "check `server` in the kubeconfig");
  }
  const std::string name =
      absl::StrCat("Kubernetes ", info->version["gitVersion"].string_or());
  if (minor < kOldestMinor) {
    return Warning("server", kServer, absl::StrCat(name, "; ", range),
                   "upgrade the cluster; builds may fail");
  }
  return Ok("server", kServer,
            minor > kNewestMinor ? absl::StrCat(name, "; ", range) : name);
}

Finding CheckClock(const kube::ServerInfo& info, absl::Time sent,
                   absl::Time received) {
  if (!info.time) {
    return Ok("clock", "clock", "the API server does not send its time");
  }
  // The server's time is cut off to a second.
  absl::Duration skew = absl::ZeroDuration();
  if (*info.time > received) skew = *info.time - received;
  if (*info.time + absl::Seconds(1) < sent) {
    skew = *info.time + absl::Seconds(1) - sent;
  }
  if (skew > kMostSkew || skew < -kMostSkew) {
    return Warning(
        "clock", "clock",
        absl::StrCat(
            "this machine is ",
            absl::FormatDuration(absl::Trunc(
                skew < absl::ZeroDuration() ? -skew : skew, absl::Seconds(1))),
            skew < absl::ZeroDuration() ? " ahead of" : " behind",
            " the API server: tokens and certificates may count as expired or "
            "not yet valid"),
        "set the clock (NTP)");
  }
  return Ok("clock", "clock",
            absl::StrCat("agrees with the API server to within ",
                         absl::FormatDuration(kMostSkew)));
}

}  // namespace ovenbird::doctor
