#include "runtime/lsp/documents.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/lsp/uri.h"

namespace ovenbird::lsp {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Returns the text after one change of the document.
std::string Changed(const Document& document, const json::Value& change,
                    Encoding encoding) {
  const absl::string_view added = change["text"].string_or();
  const json::Value& range = change["range"];
  if (range.is_null()) return std::string(added);
  const SourceFile& file = *document.file;
  const size_t begin = OffsetFromJson(file, range["start"], encoding);
  const size_t end =
      std::max(begin, OffsetFromJson(file, range["end"], encoding));
  const absl::string_view text = file.text();
  return absl::StrCat(file.had_byte_order_mark() ? kByteOrderMark : "",
                      text.substr(0, begin), added, text.substr(end));
}

}  // namespace

std::string Document::WholeText() const {
  return absl::StrCat(file->had_byte_order_mark() ? kByteOrderMark : "",
                      file->text());
}

std::string Documents::Open(const json::Value& params) {
  const json::Value& item = params["textDocument"];
  const std::string uri(item["uri"].string_or());
  std::optional<std::string> path = PathOfUri(uri);
  if (!path) return "";
  Document& document = documents_[*path];
  document.uri = uri;
  document.version = item["version"].int_or();
  document.file = std::make_shared<SourceFile>(
      *path, std::string(item["text"].string_or()));
  return *std::move(path);
}

std::string Documents::Change(const json::Value& params, Encoding encoding) {
  const json::Value& id = params["textDocument"];
  const std::optional<std::string> path = PathOfUri(id["uri"].string_or());
  if (!path) return "";
  const auto found = documents_.find(*path);
  if (found == documents_.end()) return "";
  Document& document = found->second;
  document.version = id["version"].int_or();
  for (const json::Value& change : params["contentChanges"].items()) {
    document.file = std::make_shared<SourceFile>(
        *path, Changed(document, change, encoding));
  }
  return *path;
}

std::string Documents::Close(const json::Value& params) {
  const std::optional<std::string> path =
      PathOfUri(params.Get({"textDocument", "uri"}).string_or());
  if (!path || documents_.erase(*path) == 0) return "";
  return *path;
}

const Document* Documents::Find(const std::string& path) const {
  const auto found = documents_.find(path);
  return found == documents_.end() ? nullptr : &found->second;
}

std::string Documents::UriOf(const std::string& path) const {
  const Document* document = Find(path);
  return document == nullptr ? UriOfPath(path) : document->uri;
}

}  // namespace ovenbird::lsp
