// The check of a project's files that asks no server: all of `validate`, and
// what other verbs report when errors of the config leave them without a plan.
#ifndef OVENBIRD_RUNTIME_PLAN_CHECK_FILES_H_
#define OVENBIRD_RUNTIME_PLAN_CHECK_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/hash_map.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/build_spec.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/folder_cache.h"

namespace ovenbird::plan {

// Whose files to check, and for which builder.
struct FileCheck {
  std::vector<std::string> images;         // keys; none: all
  HashMap<std::string, Builder> builders;  // by key
  FolderCache* folders = nullptr;          // of earlier checks; may be null
  std::vector<kube::BuildSecret> secrets;  // of the command line, no values
};

// Adds the problems of Dockerfiles, contexts and ignore files to `problems`,
// which has those of the config: an image whose `dockerfile` or `context` is
// wrong is left out, because the files of the default are not what the user
// means. Returns true if missing files were not reported because a hook may
// create them; errors as of MakePlan.
absl::StatusOr<bool> CheckFiles(config::Loaded& project, const FileCheck& check,
                                diag::Collector& problems);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_CHECK_FILES_H_
