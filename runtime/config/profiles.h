// Profiles: named changes of a config (`profiles:`, `--profile`).
#ifndef OVENBIRD_RUNTIME_CONFIG_PROFILES_H_
#define OVENBIRD_RUNTIME_CONFIG_PROFILES_H_

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// `root` with the profile `name` applied, parents first; each profile first
// replaces sections, then patches. `span` is where the name was given
// (--profile). With an empty name `root` itself.
//
// To be done before variables are filled in. As in DevSpace a profile can't
// change `vars`, `profiles` and `commands`. Values that a profile brings have
// an Origin that names it.
const yaml::Node* ApplyProfile(const yaml::Node& root, absl::string_view name,
                               Span span, yaml::Arena& arena, diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_PROFILES_H_
