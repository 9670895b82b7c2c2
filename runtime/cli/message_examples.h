// The examples of messages, with their corrections, as docs/messages has them.
#ifndef OVENBIRD_RUNTIME_CLI_MESSAGE_EXAMPLES_H_
#define OVENBIRD_RUNTIME_CLI_MESSAGE_EXAMPLES_H_

#include "absl/strings/string_view.h"

namespace ovenbird::cli {

// Returns the wrong files and the corrected ones of the message, ready to be
// printed; empty if its page has no example.
absl::string_view MessageExample(absl::string_view id);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_MESSAGE_EXAMPLES_H_
