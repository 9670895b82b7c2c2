// Configs of older versions of DevSpace: what had another place or another name
// in `images` is moved to its present one, as DevSpace 4.11 does when it reads
// such a file. Spans in the file stay with the values.
#ifndef OVENBIRD_RUNTIME_CONFIG_OLD_LAYOUT_H_
#define OVENBIRD_RUNTIME_CONFIG_OLD_LAYOUT_H_

#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// Reports a file of a later layout and returns true. Nothing else of such a
// file is worth a message: its `vars`, too, have another syntax.
bool HasNewerLayout(const yaml::Node& root, diag::Sink& sink);

// Returns `root` (after profiles and variables) in the layout of v1beta9;
// `root` itself if nothing has to move.
const yaml::Node* ToPresentLayout(const yaml::Node* root, yaml::Arena& arena);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_OLD_LAYOUT_H_
