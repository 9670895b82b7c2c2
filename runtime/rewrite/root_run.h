// Whether a RUN line of our own, or a command of ours in front of the user's,
// works before an instruction.
#ifndef OVENBIRD_RUNTIME_REWRITE_ROOT_RUN_H_
#define OVENBIRD_RUNTIME_REWRITE_ROOT_RUN_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether a program of that name is in /bin, /usr/bin, /sbin or
// /usr/sbin.
bool HasProgram(const ImageFiles& files, absl::string_view name);

// Returns the words in front of a command in shell form: SHELL, or the base
// image's; `/bin/sh -c` if that is unknown. May ask a registry.
std::vector<std::string> ShellOf(const Site& site);

// Returns whether a RUN in shell form runs as root and finds these programs
// before this instruction. If the base image's files are unknown, a shell is
// enough. May read the base image.
bool CanRunAsRoot(const Site& site,
                  const std::vector<absl::string_view>& programs);

// Returns whether RUN in shell form runs in a shell of POSIX. May ask a
// registry.
bool HasUsualShell(const Site& site);

// Returns whether another command can be put in front of the RUN: it runs as
// root, in the usual shell, in shell form and without here-documents.
bool TakesPrefix(const Site& site, const dockerfile::Instruction& run);

// Puts a command that ends with `;` in front of each RUN that the draft sends
// in shell form.
void AddPrefix(absl::string_view command, Draft& draft);

// Waits for a tick of the file system's clock, at most 10 ms: the instruction
// before may have written files in the same tick. Needs the program sleep,
// which may take whole seconds only.
inline constexpr absl::string_view kNextTick = "{ sleep .02 || sleep 1; }";

// Returns commands that change the files' times, so that kaniko takes the files
// into the layer. They need the programs sleep and touch; `flags` is for touch,
// with a space after it.
std::string Touch(absl::string_view flags,
                  const std::vector<std::string>& paths);

// As CanRunAsRoot; these programs change owners or modes alone. In mode `time`
// TouchForTimeMode has to work, too.
bool CanSetAsRoot(const Site& site, std::vector<absl::string_view> programs);

// Returns what to put after commands that change the owners or modes of files
// alone: ` && ` and Touch. Mode `time` does not see such changes; with others
// it is empty.
std::string TouchForTimeMode(const Site& site, absl::string_view flags,
                             const std::vector<std::string>& paths);

// Returns whether a shell reads the path without quotes as it is.
bool IsPlainPath(absl::string_view path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_ROOT_RUN_H_
