// What an editor says of the builds of its user, which the command line of the
// server does not: initializationOptions, and workspace/didChangeConfiguration.
#ifndef OVENBIRD_RUNTIME_LSP_EDITOR_SETTINGS_H_
#define OVENBIRD_RUNTIME_LSP_EDITOR_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::lsp {

// The settings that an editor has sent.
struct EditorSettings {
  // The secrets that builds get with `--secret`, without values; nullopt: the
  // editor has not said it.
  std::optional<std::vector<kube::BuildSecret>> secrets;
  // Settings that are wrong, each in a sentence for the user.
  std::vector<std::string> problems;
};

// Returns what the object says, or its member `ovenbird`: `secrets` is a list
// of values of the flag `--secret`. Wrong ones are in `problems` only.
EditorSettings ReadEditorSettings(const json::Value& sent);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_EDITOR_SETTINGS_H_
