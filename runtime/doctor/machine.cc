#include "runtime/doctor/machine.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/format_text.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/kube/check.h"

namespace ovenbird::doctor {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;
// Facts about base images are small; engine `local` unpacks whole images.
constexpr uint64_t kLeastForCluster = kGiB / 4;
constexpr uint64_t kLeastForLocal = 4 * kGiB;

}  // namespace

absl::StatusOr<uint64_t> FreeBytes(const std::string& folder) {
  struct statvfs info = {};
  if (statvfs(folder.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot examine ", folder));
  }
  return uint64_t{info.f_bavail} * info.f_frsize;
}

Finding CheckCache(const absl::StatusOr<std::string>& folder,
                   const absl::StatusOr<uint64_t>& free_bytes, bool is_local) {
  if (!folder.ok()) {
    return Warning("cache", "cache", std::string(folder.status().message()),
                   "set XDG_CACHE_HOME to a folder of your own");
  }
  const std::string subject = absl::StrCat("cache ", *folder);
  if (!free_bytes.ok()) {
    return Warning("cache", subject, std::string(free_bytes.status().message()),
                   "");
  }
  const std::string free =
      FormatText("%.1f GiB free", static_cast<double>(*free_bytes) / kGiB);
  if (*free_bytes >= (is_local ? kLeastForLocal : kLeastForCluster)) {
    return Ok("cache", subject, free);
  }
  return Warning(
      "cache", subject,
      is_local ? absl::StrCat(free, ": images are unpacked there") : free,
      "free some space, or set XDG_CACHE_HOME to another file "
      "system");
}

Finding CheckRuntime(const absl::StatusOr<std::string>& runtime) {
  if (runtime.ok()) {
    return Ok("runtime", "container runtime for engine `local`", *runtime);
  }
  return Error("runtime", "container runtime for engine `local`",
               std::string(runtime.status().message()), "");
}

Finding CheckExecutor(const std::string& executor,
                      const std::vector<std::string>& keys) {
  const std::string subject =
      absl::StrCat("executor of ", absl::StrJoin(keys, ", "));
  const dockerfile::Executor known(executor);
  if (kube::IsArchivedExecutor(executor)) {
    return Warning("executor", subject,
                   absl::StrCat("`", executor,
                                "` is no longer maintained: its project is "
                                "archived"),
                   absl::StrCat("set `image: ", kube::kMaintainedExecutor,
                                "`, the maintained fork"));
  }
  if (!known.IsKnown()) {
    return Warning("executor", subject,
                   absl::StrCat("`", executor,
                                "` is unknown: what it does differently from "
                                "BuildKit is not checked"),
                   "use a tag with kaniko's version, such as `v1.24.0`");
  }
  return Ok("executor", subject,
            absl::StrCat("`", executor, "` is a known version"));
}

Findings FromProblems(const std::vector<diag::Diagnostic>& problems) {
  Findings findings;
  for (const diag::Diagnostic& problem : problems) {
    // CheckExecutor says it of each executor.
    if (absl::string_view(problem.rule->id) == "kaniko-archived") continue;
    std::string subject = problem.config_path;
    if (problem.span) {
      subject =
          absl::StrCat(problem.span.file->name(), ":",
                       problem.span.file->PositionAt(problem.span.begin).line);
    }
    Finding finding =
        Warning("config", subject.empty() ? "command line" : subject,
                problem.label.empty()
                    ? problem.message
                    : absl::StrCat(problem.message, ": ", problem.label),
                problem.help);
    if (problem.severity == diag::Severity::kNote) finding.state = State::kOk;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace ovenbird::doctor
