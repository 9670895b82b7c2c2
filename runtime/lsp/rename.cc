#include "runtime/lsp/rename.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/lsp/config_names.h"
#include "runtime/lsp/text_edits.h"

namespace ovenbird::lsp {
namespace {

// Returns whether Ovenbird sets the variable itself.
bool IsPredefined(absl::string_view name) {
  return absl::StartsWithIgnoreCase(name, "DEVSPACE_");
}

// A name that needs no quotes as the value of `name`.
bool IsName(absl::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
         });
}

// All places of the variable at `place`, none if it is not a variable.
struct Found {
  std::string name;
  Span here;
  std::vector<Span> all;
  VariableNames names;
};

absl::StatusOr<Found> Find(const RequestPlace& place) {
  Found found;
  if (!place.is_config) return found;
  const std::unique_ptr<ConfigTree> tree =
      ParseConfig(*place.file, place.offset);
  if (tree->root == nullptr || tree->without_line != nullptr) {
    return absl::FailedPreconditionError(
        "the file is not valid YAML: fix that first");
  }
  found.names = FindVariableNames(*tree);
  const NameAt* here = FindNameAt(found.names.uses, place.offset);
  if (here == nullptr) {
    here = FindNameAt(found.names.definitions, place.offset);
  }
  if (here == nullptr) return found;
  if (IsPredefined(here->name)) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", here->name, "` is a predefined variable"));
  }
  found.name = here->name;
  found.here = here->span;
  for (const auto* list : {&found.names.definitions, &found.names.uses}) {
    for (const NameAt& one : *list) {
      if (one.name == found.name) found.all.push_back(one.span);
    }
  }
  return found;
}

}  // namespace

absl::StatusOr<json::Value> PrepareRename(const Workspace& workspace,
                                          const RequestPlace& place) {
  ASSIGN_OR_RETURN(const Found found, Find(place));
  if (found.name.empty()) return json::Value();
  return json::Value(
      json::Object{{"range", RangeToJson(found.here, workspace.encoding())},
                   {"placeholder", found.name}});
}

absl::StatusOr<json::Value> Rename(const Workspace& workspace,
                                   const RequestPlace& place,
                                   absl::string_view new_name) {
  ASSIGN_OR_RETURN(const Found found, Find(place));
  if (found.name.empty()) {
    return absl::FailedPreconditionError("only variables can be renamed");
  }
  if (!IsName(new_name) || IsPredefined(new_name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", new_name,
        "` cannot be the name of a variable: use letters, digits, `_`, `-` and "
        "`.`, with a letter or `_` first, and not DEVSPACE_ at the start"));
  }
  for (const auto* list : {&found.names.definitions, &found.names.uses}) {
    for (const NameAt& one : *list) {
      if (one.name == new_name && new_name != found.name) {
        return absl::FailedPreconditionError(
            absl::StrCat("variable `", new_name, "` exists already"));
      }
    }
  }
  std::vector<diag::Edit> edits;
  for (const Span span : found.all) {
    edits.push_back({span, std::string(new_name)});
  }
  return WorkspaceEdit(edits, workspace.documents(), workspace.encoding());
}

}  // namespace ovenbird::lsp
