// Files that hardly anybody means to put into an image.
#ifndef OVENBIRD_RUNTIME_CONTEXT_SECRETS_H_
#define OVENBIRD_RUNTIME_CONTEXT_SECRETS_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::context {

// Why the file at `path` (relative to the context) looks like a secret:
// "private key"; "" when it does not. `head` gives the beginning of its content
// and is called where the name alone does not tell.
std::string WhySecret(absl::string_view path,
                      const std::function<std::string()>& head);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_SECRETS_H_
