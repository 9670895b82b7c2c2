// The place that a request of the editor is about.
#ifndef OVENBIRD_RUNTIME_LSP_REQUEST_PLACE_H_
#define OVENBIRD_RUNTIME_LSP_REQUEST_PLACE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/lsp/workspace.h"

namespace ovenbird::lsp {

// An open document and an offset in it.
struct RequestPlace {
  std::string path;
  std::shared_ptr<const SourceFile> file;
  size_t offset = 0;
  bool is_config = false;
};

// Returns the place of TextDocumentPositionParams; kInvalidArgument if the
// document is not open.
absl::StatusOr<RequestPlace> FindRequestPlace(const Workspace& workspace,
                                              const json::Value& params);

// Returns the Dockerfile of the image `key` of a config, with its unsaved text;
// null if it cannot be read.
std::shared_ptr<const SourceFile> DockerfileOf(const Workspace& workspace,
                                               const RequestPlace& config,
                                               const std::string& key);

// Returns the path of that Dockerfile.
std::string DockerfilePathOf(const Workspace& workspace,
                             const RequestPlace& config,
                             const std::string& key);

// Returns a Location.
json::Value LocationToJson(const Workspace& workspace, Span span);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_REQUEST_PLACE_H_
