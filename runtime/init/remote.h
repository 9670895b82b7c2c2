// The registry that belongs to a git repository.
#ifndef OVENBIRD_RUNTIME_INIT_REMOTE_H_
#define OVENBIRD_RUNTIME_INIT_REMOTE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::init {

// Returns the URL of the remote `origin` (else of the first one) of the
// repository around `folder`; empty if it is in no repository, or has no
// remote. Reads the files itself and follows no `include`.
std::string RemoteOf(const std::string& folder);

// Returns the repository for images of the project with this remote:
// "git@github.com:Me/Shop.git" -> "ghcr.io/me/shop". Empty if the host's
// registry is unknown.
std::string RegistryOf(absl::string_view url);

}  // namespace ovenbird::init

#endif  // OVENBIRD_RUNTIME_INIT_REMOTE_H_
