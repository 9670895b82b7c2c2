// A config and its files as `ovenbird validate` checks them, with the unsaved
// text of the documents that are open.
#ifndef OVENBIRD_RUNTIME_LSP_CHECKED_H_
#define OVENBIRD_RUNTIME_LSP_CHECKED_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/base/source_file.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/lsp/documents.h"
#include "runtime/plan/check_project.h"
#include "runtime/problems/select.h"

namespace ovenbird::lsp {

// The flags of `ovenbird lsp`: those of `validate`.
struct CheckSettings {
  std::vector<std::string> vars;  // NAME=VALUE
  std::string profile;
  plan::ProjectCheck check;
  problems::SelectOptions select;
};

// One config after its check.
struct Checked {
  std::string path;
  std::unique_ptr<config::Loaded> project;  // null: it cannot be read
  std::unique_ptr<SourceFile> name;         // of a file that cannot be read
  // What `validate` reports, in its order; points into the two above.
  std::vector<diag::Diagnostic> problems;
  // The reason why some files were not checked: a failure of this machine.
  absl::Status failure;
};

// Checks the config at the absolute path `path`.
Checked CheckConfig(const std::string& path, const Documents& documents,
                    const CheckSettings& settings);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_CHECKED_H_
