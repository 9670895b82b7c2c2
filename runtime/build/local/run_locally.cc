#include "runtime/build/local/run_locally.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/local/cli_runtime.h"
#include "runtime/build/local/install.h"
#include "runtime/build/local/runc.h"

namespace ovenbird::build {
namespace {

using Finder =
    absl::StatusOr<std::unique_ptr<ContainerRuntime>> (*)(Cancellation*);

struct Candidate {
  const char* name;
  Finder find;
};

constexpr Candidate kCandidates[] = {
    {"docker", FindDocker},
    {"podman", FindPodman},
    {"runc", FindRunc},
};

absl::Status NoRuntime(const std::vector<std::string>& reasons) {
  return absl::FailedPreconditionError(absl::StrCat(
      "no container runtime works on this machine (",
      absl::StrJoin(reasons, "; "),
      "); install runc (`apt-get install runc`), docker or podman"));
}

// Returns whether the build is done or has failed for good: no other runtime
// would do better.
bool IsFinal(const absl::StatusOr<ContainerResult>& result) {
  return !absl::IsFailedPrecondition(result.status());
}

}  // namespace

absl::StatusOr<std::string> FindLocalRuntime(Cancellation* cancel) {
  std::vector<std::string> reasons;
  for (const Candidate& candidate : kCandidates) {
    const absl::StatusOr<std::unique_ptr<ContainerRuntime>> runtime =
        candidate.find(cancel);
    if (runtime.ok()) return (*runtime)->Name();
    if (absl::IsCancelled(runtime.status())) return runtime.status();
    reasons.push_back(
        absl::StrCat(candidate.name, ": ", runtime.status().message()));
  }
  return NoRuntime(reasons);
}

std::string LocalExecutorName(const std::string& image,
                              const ExecutorSources& sources,
                              Cancellation* cancel) {
  ExecutorRequest executor;
  executor.image = image;
  executor.sources = sources;
  executor.on_step = [](absl::string_view) {};
  executor.cancel = cancel;
  const absl::StatusOr<std::string> cache = CacheFolder();
  if (!cache.ok()) return image;  // The build says why.
  executor.cache = *cache;
  for (const Candidate& candidate : kCandidates) {
    absl::StatusOr<std::unique_ptr<ContainerRuntime>> runtime =
        candidate.find(cancel);
    if (runtime.ok()) return (*runtime)->NameOfExecutor(executor);
  }
  return ExecutorName(executor);  // runc is installed for the build.
}

absl::StatusOr<ContainerResult> RunLocally(const LocalRun& run) {
  ExecutorRequest executor;
  executor.image = run.container.image;
  executor.planned = run.planned_executor;
  executor.sources = run.executors;
  executor.on_step = run.on_step;
  executor.on_phase = run.on_phase;
  executor.cancel = run.cancel;
  ASSIGN_OR_RETURN(executor.cache, CacheFolder());

  std::vector<std::string> reasons;
  for (const Candidate& candidate : kCandidates) {
    if (!run.runtime.empty() && run.runtime != candidate.name) continue;
    absl::StatusOr<std::unique_ptr<ContainerRuntime>> runtime =
        candidate.find(run.cancel);
    if (absl::IsNotFound(runtime.status()) && run.may_install &&
        absl::string_view(candidate.name) == "runc") {
      const absl::Status installed =
          InstallPackage("runc", run.on_step, run.cancel);
      if (absl::IsCancelled(installed)) return installed;
      runtime = installed.ok() ? candidate.find(run.cancel) : installed;
    }
    if (absl::IsCancelled(runtime.status())) return runtime.status();
    if (!runtime.ok()) {
      reasons.push_back(
          absl::StrCat(candidate.name, ": ", runtime.status().message()));
      continue;
    }
    absl::StatusOr<ContainerResult> result = (*runtime)->Run(run, executor);
    if (IsFinal(result)) return result;
    reasons.emplace_back(result.status().message());
    run.on_step(result.status().message());
  }
  return NoRuntime(reasons);
}

}  // namespace ovenbird::build
