// What a RUN with here-documents hands to the shell, and which commands that
// runs.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_RUN_TEXT_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_RUN_TEXT_H_

#include <string>

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::dockerfile {

// Returns whether one here-document is the whole command of a RUN: BuildKit
// runs it as a script, and does not hand it to a command as input.
bool IsScript(const Instruction& run);

// Returns whether the script has an interpreter of its own, `#!`: BuildKit
// runs it as a program.
bool HasInterpreter(const Instruction& run);

// Returns what a RUN in shell form hands to the shell, as BuildKit does. Of a
// script it is the content.
std::string TextForShell(const Instruction& run);

// Returns the text of the commands that a RUN in shell form runs, for
// FindShellCommands: scripts that a shell reads from a here-document are part
// of it, those of other interpreters are the name of a program.
std::string CommandText(const Instruction& run);

// Returns whether the command is a shell that reads a script from its input or
// has none.
bool IsShell(const ShellCommand& command);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_RUN_TEXT_H_
