#include "runtime/build/cleanup.h"

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/build/owner.h"
#include "runtime/cli/project.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/access.h"
#include "runtime/kube/client.h"

namespace ovenbird::cli {
namespace {

// What was done, or would be.
struct Tally {
  int deleted = 0;
  int in_use = 0;
  bool failed = false;
};

void Handle(kube::Client& client, const std::string& name_space,
            const build::Remains& remains, bool dry_run, Cancellation& cancel,
            Tally& tally) {
  for (const build::RemainingObject& object : remains.objects) {
    const std::string what =
        absl::StrCat(absl::StripSuffix(object.plural, "s"), "/", object.name,
                     " (image `", remains.image, "`)");
    if (remains.in_use) {
      ++tally.in_use;
      std::cout << "kept: " << what << ": " << remains.why << "\n";
      continue;
    }
    absl::Status deleted;
    if (!dry_run) {
      deleted = build::DeleteRemaining(client, name_space, object, &cancel);
    }
    if (deleted.ok()) {
      ++tally.deleted;
      std::cout << (dry_run ? "would be deleted: " : "deleted: ") << what
                << ": " << remains.why << "\n";
    } else {
      tally.failed = true;
      ShowError(deleted.message());
    }
  }
}

}  // namespace

int Cleanup(const Options& options) {
  SignalCancellation signals([] { return ""; });
  kube::AccessOptions access_options;
  access_options.context = options.kube_context;
  absl::StatusOr<kube::ClusterAccess> access =
      kube::FindCluster(access_options);
  if (!access.ok()) {
    ShowError(access.status().message());
    return 3;
  }
  const std::string name_space =
      options.kube_namespace.empty() ? access->ns : options.kube_namespace;
  const std::string where =
      absl::StrCat("namespace ", name_space, " (", access->description, ")");
  absl::StatusOr<std::unique_ptr<kube::Client>> client =
      kube::Client::New(*std::move(access), {});
  if (!client.ok()) {
    ShowError(client.status().message());
    return 3;
  }
  build::CleanupScope scope;
  scope.owner = build::ThisProcess();
  const build::CleanupResult found =
      build::FindRemains(**client, name_space, scope, &signals.cancellation());
  Tally tally;
  for (const absl::Status& problem : found.problems) {
    tally.failed = true;
    if (!signals.cancellation().cancelled()) ShowError(problem.message());
  }
  for (const build::Remains& remains : found.remains) {
    if (signals.cancellation().cancelled()) break;
    Handle(**client, name_space, remains, options.dry_run,
           signals.cancellation(), tally);
  }
  if (signals.cancellation().cancelled()) return 130;
  // "0 deleted" would say that there is nothing.
  if (!found.problems.empty() && found.remains.empty()) return 3;
  std::cout << where << ": " << tally.deleted
            << (options.dry_run ? " to delete" : " deleted") << ", "
            << tally.in_use << " in use" << std::endl;
  return tally.failed ? 3 : 0;
}

}  // namespace ovenbird::cli
