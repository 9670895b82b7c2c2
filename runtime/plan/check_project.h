// The check of a whole project that asks no server: what `validate` reports,
// and what editors show.
#ifndef OVENBIRD_RUNTIME_PLAN_CHECK_PROJECT_H_
#define OVENBIRD_RUNTIME_PLAN_CHECK_PROJECT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/build_spec.h"
#include "runtime/plan/folder_cache.h"
#include "runtime/problems/select.h"

namespace ovenbird::plan {

// For what a project is checked.
struct ProjectCheck {
  // "kubernetes" or "local"; empty: "kubernetes", except for images that the
  // config assigns to Docker.
  std::string engine;
  std::string executor;  // as if the config named it; empty: the config's
  // Of the command line, without their values.
  std::vector<kube::BuildSecret> secrets;
  // The contexts of earlier checks; null: all are listed now.
  FolderCache* folders = nullptr;
};

// Adds to `problems`, which has those of loading, what is wrong with a loaded
// config for this engine, and with the files that it names, also if the config
// has errors. Does nothing without a `root`. Returns true if missing files were
// not reported because a hook may create them; errors as of MakePlan.
absl::StatusOr<bool> CheckProject(config::Loaded& project,
                                  const ProjectCheck& check,
                                  diag::Collector& problems);

// Returns the files of a project that may have comments about messages;
// `complete` as in problems::CheckedFile. The project must outlive the result.
std::vector<problems::CheckedFile> CheckedFilesOf(const config::Loaded& project,
                                                  bool complete);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_CHECK_PROJECT_H_
