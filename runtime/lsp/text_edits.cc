#include "runtime/lsp/text_edits.h"

#include <map>
#include <string>
#include <utility>

namespace ovenbird::lsp {

json::Value WorkspaceEdit(const std::vector<diag::Edit>& edits,
                          const Documents& documents, Encoding encoding) {
  std::map<std::string, json::Array> changes;
  for (const diag::Edit& edit : edits) {
    changes[documents.UriOf(edit.span.file->name())].push_back(json::Object{
        {"range", RangeToJson(edit.span, encoding)}, {"newText", edit.text}});
  }
  json::Object by_uri;
  for (auto& [uri, list] : changes) by_uri.emplace_back(uri, std::move(list));
  return json::Object{{"changes", std::move(by_uri)}};
}

}  // namespace ovenbird::lsp
