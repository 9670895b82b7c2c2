// Words of a POSIX shell.
#ifndef OVENBIRD_RUNTIME_BASE_SHELL_QUOTE_H_
#define OVENBIRD_RUNTIME_BASE_SHELL_QUOTE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird {

// Returns `text` in single quotes: one word that the shell leaves as it is.
std::string ShellQuote(absl::string_view text);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SHELL_QUOTE_H_
