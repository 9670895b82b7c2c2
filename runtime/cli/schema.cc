#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file.h"
#include "runtime/cli/event_schema.h"
#include "runtime/cli/project.h"
#include "runtime/cli/result_schema.h"
#include "runtime/cli/verbs.h"
#include "runtime/config/json_schema.h"

namespace ovenbird::cli {

namespace {

absl::string_view SchemaOf(SchemaKind kind) {
  switch (kind) {
    case SchemaKind::kConfig:
      return config::JsonSchema();
    case SchemaKind::kResult:
      return output::ResultSchema();
    case SchemaKind::kEvent:
      return output::EventSchema();
  }
  return "";
}

}  // namespace

int PrintSchema(const Options& options) {
  const absl::string_view schema = SchemaOf(options.schema_kind);
  const std::string& file = options.schema_file;
  if (file.empty() || file == "-") {
    std::cout << schema;
    return kExitGood;
  }
  const absl::Status status = WriteFile(file, schema);
  if (status.ok()) return kExitGood;
  ShowError(std::string(status.message()));
  return kExitEnvironment;
}

}  // namespace ovenbird::cli
