#include "runtime/lsp/request_place.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "runtime/base/regular_file.h"
#include "runtime/lsp/config_names.h"
#include "runtime/lsp/uri.h"
#include "runtime/plan/read_dockerfile.h"

namespace ovenbird::lsp {

absl::StatusOr<RequestPlace> FindRequestPlace(const Workspace& workspace,
                                              const json::Value& params) {
  const std::optional<std::string> path =
      PathOfUri(params.Get({"textDocument", "uri"}).string_or());
  const Document* document = path ? workspace.documents().Find(*path) : nullptr;
  if (document == nullptr) {
    return absl::InvalidArgumentError("the document is not open");
  }
  RequestPlace place;
  place.path = *path;
  place.file = document->file;
  place.offset =
      OffsetFromJson(*document->file, params["position"], workspace.encoding());
  place.is_config = workspace.IsConfig(*path);
  return place;
}

std::string DockerfilePathOf(const Workspace& workspace,
                             const RequestPlace& config,
                             const std::string& key) {
  for (const Checked* checked : workspace.ChecksOf(config.path)) {
    if (checked->path != config.path || checked->project == nullptr) continue;
    for (const auto& [other, image] : checked->project->config.images) {
      if (other == key) {
        return plan::DockerfilePath(checked->project->folder(), image);
      }
    }
  }
  // The file cannot be parsed now: as it is without the line of the cursor.
  const std::unique_ptr<ConfigTree> tree =
      ParseConfig(*config.file, config.offset);
  std::string name = "Dockerfile";
  const yaml::Node* node = tree->root;
  for (const std::string& step :
       {std::string("images"), key, std::string("dockerfile")}) {
    if (node != nullptr) node = node->Find(step);
  }
  if (node != nullptr && !node->scalar().empty()) {
    name = std::string(node->scalar());
  }
  return (std::filesystem::path(config.path).parent_path() / name)
      .lexically_normal()
      .string();
}

std::shared_ptr<const SourceFile> DockerfileOf(const Workspace& workspace,
                                               const RequestPlace& config,
                                               const std::string& key) {
  const std::string path = DockerfilePathOf(workspace, config, key);
  if (const Document* document = workspace.documents().Find(path)) {
    return document->file;
  }
  absl::StatusOr<std::string> text = ReadRegularFile(path);
  if (!text.ok()) return nullptr;
  return std::make_shared<SourceFile>(path, *std::move(text));
}

json::Value LocationToJson(const Workspace& workspace, Span span) {
  return json::Object{{"uri", workspace.documents().UriOf(span.file->name())},
                      {"range", RangeToJson(span, workspace.encoding())}};
}

}  // namespace ovenbird::lsp
