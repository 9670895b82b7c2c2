// Profiles: named changes of a config (`profiles:`, `--profile`).
#ifndef OVENBIRD_RUNTIME_CONFIG_PROFILES_H_
#define OVENBIRD_RUNTIME_CONFIG_PROFILES_H_

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// Returns `root` with the profile `name` applied, parents first; each profile
// first replaces top-level keys, then patches. `span` is the name's own
// (--profile). Returns `root` itself for an empty or unknown name; the latter
// is reported.
//
// Call it before variables are filled in. As in DevSpace a profile cannot
// change `vars`, `profiles` and `commands`. Values from a profile have an
// Origin that names it.
const yaml::Node* ApplyProfile(const yaml::Node& root, absl::string_view name,
                               Span span, yaml::Arena& arena, diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_PROFILES_H_
