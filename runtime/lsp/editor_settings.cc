#include "runtime/lsp/editor_settings.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/environment.h"
#include "runtime/plan/secrets.h"

namespace ovenbird::lsp {

EditorSettings ReadEditorSettings(const json::Value& sent) {
  EditorSettings settings;
  const json::Value& of_section = sent["ovenbird"];
  const json::Value& secrets = of_section.as_object() != nullptr
                                   ? of_section["secrets"]
                                   : sent["secrets"];
  if (secrets.is_null()) return settings;
  if (secrets.as_array() == nullptr) {
    settings.problems.push_back("setting `secrets`: not a list of strings");
    return settings;
  }
  settings.secrets.emplace();
  for (const json::Value& item : secrets.items()) {
    const std::string* text = item.as_string();
    if (text == nullptr) {
      settings.problems.push_back("setting `secrets`: not a list of strings");
      continue;
    }
    absl::StatusOr<kube::BuildSecret> secret =
        plan::ParseSecretFlag(*text, EnvironmentVariable);
    if (secret.ok()) {
      settings.secrets->push_back(*std::move(secret));
    } else {
      settings.problems.push_back(absl::StrCat(
          "setting `secrets`: `", *text, "`: ", secret.status().message()));
    }
  }
  return settings;
}

}  // namespace ovenbird::lsp
