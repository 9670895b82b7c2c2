#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/config/json_schema.h"

namespace ovenbird::cli {

int PrintSchema(const Options& options) {
  const std::string& file = options.schema_file;
  if (file.empty() || file == "-") {
    std::cout << config::JsonSchema();
    return kExitGood;
  }
  const absl::Status status = WriteFile(file, config::JsonSchema());
  if (status.ok()) return kExitGood;
  ShowError(std::string(status.message()));
  return kExitEnvironment;
}

}  // namespace ovenbird::cli
