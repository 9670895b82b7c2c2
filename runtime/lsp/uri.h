// Files as URIs: file:///folder/devspace.yaml.
#ifndef OVENBIRD_RUNTIME_LSP_URI_H_
#define OVENBIRD_RUNTIME_LSP_URI_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::lsp {

// Returns the absolute path of a `file` URI, without `.` and `..`; nullopt for
// another scheme (`untitled:`), another host, or a relative path.
std::optional<std::string> PathOfUri(absl::string_view uri);

// Returns the URI of an absolute path.
std::string UriOfPath(absl::string_view path);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_URI_H_
