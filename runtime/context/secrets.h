// Recognizes files that are rarely put into an image on purpose.
#ifndef OVENBIRD_RUNTIME_CONTEXT_SECRETS_H_
#define OVENBIRD_RUNTIME_CONTEXT_SECRETS_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::context {

// Returns what the file at `path` (relative to the context) looks like, e.g.
// "private key"; empty if it does not look like a secret. `head` returns the
// beginning of its content and is called if the name alone does not decide.
std::string WhySecret(absl::string_view path,
                      const std::function<std::string()>& head);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_SECRETS_H_
