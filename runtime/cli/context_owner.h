// Whose contexts in a registry are those of this run.
#ifndef OVENBIRD_RUNTIME_CLI_CONTEXT_OWNER_H_
#define OVENBIRD_RUNTIME_CLI_CONTEXT_OWNER_H_

#include "runtime/build/cluster/context_tag.h"
#include "runtime/build/owner.h"

namespace ovenbird::cli {

// Returns the owner of context images: the key that OVENBIRD_CONTEXT_KEY names,
// the project of a CI job on GitLab or GitHub, else the user and the machine.
build::ContextOwner FindContextOwner(const build::Owner& process);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_CONTEXT_OWNER_H_
