// The flags of the kaniko executor, as an editor shows them in `args`.
#ifndef OVENBIRD_RUNTIME_LSP_KANIKO_DOCS_H_
#define OVENBIRD_RUNTIME_LSP_KANIKO_DOCS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/kube/kaniko_flags.h"

namespace ovenbird::lsp {

// Returns the flag that an item of `args` sets (`--cache-ttl=24h`); null for
// other texts.
const kube::KanikoFlag* FlagOfArgument(absl::string_view argument);

// Returns the documentation of a flag in Markdown: its value and its versions.
std::string FlagDocs(const kube::KanikoFlag& flag);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_KANIKO_DOCS_H_
