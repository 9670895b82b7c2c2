// The documents that an editor has open, with the text that it shows: not yet
// saved, perhaps.
#ifndef OVENBIRD_RUNTIME_LSP_DOCUMENTS_H_
#define OVENBIRD_RUNTIME_LSP_DOCUMENTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/lsp/position.h"

namespace ovenbird::lsp {

// An open document.
struct Document {
  std::string uri;  // as the editor writes it
  int64_t version = 0;
  // Never null; its name is the path.
  std::shared_ptr<const SourceFile> file;

  // Returns the text with its byte order mark.
  std::string WholeText() const;
};

// The open documents by their absolute paths. Documents that are not files
// (`untitled:`) are left out.
class Documents {
 public:
  // Take the parameters of textDocument/didOpen, didChange and didClose. Return
  // the path of the document; empty if it is not a file, or is not open.
  std::string Open(const json::Value& params);
  std::string Change(const json::Value& params, Encoding encoding);
  std::string Close(const json::Value& params);

  // Returns the document at `path`; null if it is not open.
  const Document* Find(const std::string& path) const;
  // Returns the URI of the file at `path`: the editor's own if it is open.
  std::string UriOf(const std::string& path) const;
  const std::map<std::string, Document>& all() const { return documents_; }

 private:
  std::map<std::string, Document> documents_;
};

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_DOCUMENTS_H_
