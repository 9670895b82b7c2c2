// Private to shell_writes: cp, mv, ln, install and rsync.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COPIES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COPIES_H_

#include <optional>
#include <string>

#include "runtime/dockerfile/shell_reading.h"

namespace ovenbird::dockerfile {

// Adds the files that the command copies, moves or links.
void AddCopies(ShellReading& reading);

// Returns the folder to write into, if an option names it.
std::optional<std::string> TargetFolder(const ShellReading& reading);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_COPIES_H_
