// The commands of a RUN.
#ifndef OVENBIRD_RUNTIME_REWRITE_RUN_COMMANDS_H_
#define OVENBIRD_RUNTIME_REWRITE_RUN_COMMANDS_H_

#include <set>
#include <string>
#include <vector>

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the commands of a RUN in either form, starting in WORKDIR. They are
// valid until it is called for another RUN.
const std::vector<dockerfile::ShellCommand>& CommandsOf(
    const Site& site, const dockerfile::Instruction& run);

// Returns the programs that a RUN runs, each with its first argument that is
// not an option ("npm ci"), without those whose writes are known.
std::set<std::string> ToolsOf(const Site& site,
                              const dockerfile::Instruction& run);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_RUN_COMMANDS_H_
