#include "runtime/lsp/definition.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/references.h"
#include "runtime/dockerfile/target.h"
#include "runtime/lsp/config_names.h"
#include "runtime/lsp/options_at.h"
#include "runtime/lsp/yaml_place.h"

namespace ovenbird::lsp {
namespace {

bool Contains(Span span, size_t offset) {
  return span && span.begin <= offset && offset <= span.end;
}

// Where a stage gets its name, or begins.
Span SpanOf(const dockerfile::Stage& stage) {
  return stage.name_span ? stage.name_span : stage.from.keyword_span;
}

// The definition of the stage that a Dockerfile names at the offset.
Span StageOf(const dockerfile::Dockerfile& parsed, size_t offset) {
  const dockerfile::StageNames names(parsed);
  for (const dockerfile::Stage& stage : parsed.stages) {
    int found = -1;
    if (Contains(stage.base.span, offset)) {
      found = names.Above(absl::AsciiStrToLower(stage.base.text), stage.index);
    }
    for (const dockerfile::Instruction& instruction : stage.instructions) {
      for (const dockerfile::Reference& reference :
           dockerfile::ReferencesOf(instruction)) {
        if (Contains(reference.span, offset)) found = names.Of(reference);
      }
    }
    if (found >= 0) return SpanOf(parsed.stages[static_cast<size_t>(found)]);
  }
  return {};
}

// The definition in the config itself: of a variable, an anchor or a profile.
std::vector<Span> NamesOf(const RequestPlace& place, const YamlPlace& at,
                          absl::string_view option) {
  const std::unique_ptr<ConfigTree> tree =
      ParseConfig(*place.file, place.offset);
  const VariableNames variables = FindVariableNames(*tree);
  std::vector<Span> found;
  std::string wanted;
  std::vector<NameAt> known;
  if (const NameAt* use = FindNameAt(variables.uses, place.offset)) {
    wanted = use->name;
    known = variables.definitions;
  } else if (option == "profiles[].parent") {
    wanted = place.file->text().substr(at.begin, at.end - at.begin);
    known = FindNames(*tree, "profiles");
  }
  for (const NameAt& name : known) {
    if (absl::StripAsciiWhitespace(name.name) == wanted) {
      found.push_back({place.file.get(), name.span.begin, name.span.end});
    }
  }
  const Span anchor = FindAnchor(*place.file, place.offset);
  if (found.empty() && anchor) found.push_back(anchor);
  return found;
}

json::Array OfConfig(const Workspace& workspace, const RequestPlace& place) {
  const YamlPlace at = FindPlace(*place.file, place.offset);
  const std::string option = FindOption(at.path).name;
  json::Array locations;
  for (const Span span : NamesOf(place, at, option)) {
    locations.push_back(LocationToJson(workspace, span));
  }
  if (!locations.empty() || at.part != YamlPlace::kValue ||
      at.path.size() < 3 || !absl::StartsWith(option, "images.*.")) {
    return locations;
  }
  const std::string& key = at.path[1];
  if (option == "images.*.dockerfile") {
    const SourceFile target(DockerfilePathOf(workspace, place, key), "");
    locations.push_back(LocationToJson(workspace, {&target, 0, 0}));
  } else if (absl::EndsWith(option, ".options.target")) {
    const std::shared_ptr<const SourceFile> file =
        DockerfileOf(workspace, place, key);
    if (file == nullptr) return locations;
    diag::Collector ignored;
    const dockerfile::Dockerfile parsed = dockerfile::Parse(*file, ignored);
    const std::string target =
        place.file->text().substr(at.begin, at.end - at.begin);
    const std::optional<int> stage =
        dockerfile::FindTarget(parsed, target, {}, ignored);
    if (stage) {
      locations.push_back(LocationToJson(
          workspace, SpanOf(parsed.stages[static_cast<size_t>(*stage)])));
    }
  }
  return locations;
}

}  // namespace

json::Array FindDefinition(const Workspace& workspace,
                           const RequestPlace& place) {
  if (place.is_config) return OfConfig(workspace, place);
  diag::Collector ignored;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(*place.file, ignored);
  json::Array locations;
  if (const Span span = StageOf(parsed, place.offset)) {
    locations.push_back(LocationToJson(workspace, span));
  }
  return locations;
}

}  // namespace ovenbird::lsp
