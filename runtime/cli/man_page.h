// The man page ovenbird(1).
#ifndef OVENBIRD_RUNTIME_CLI_MAN_PAGE_H_
#define OVENBIRD_RUNTIME_CLI_MAN_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/cli/command_line.h"

namespace ovenbird::cli {

// Returns the page in the man(7) format, for a version and its date
// (2026-11-30).
std::string ManPage(const CommandLine& all, absl::string_view version,
                    absl::string_view date);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_MAN_PAGE_H_
