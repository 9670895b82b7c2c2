// Installs what is missing on a machine of the Debian family.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_INSTALL_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_INSTALL_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"

namespace ovenbird::build {

// Installs the package with apt-get, as root or by a sudo that asks for no
// password; announces it through `on_step`. kNotFound: apt-get is missing;
// kPermissionDenied: no root; kUnavailable: apt-get fails. The message of the
// first two says how to install it manually.
absl::Status InstallPackage(
    const std::string& package,
    const std::function<void(absl::string_view)>& on_step,
    Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_INSTALL_H_
