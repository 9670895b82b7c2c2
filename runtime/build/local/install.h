// Installs what is missing on a machine of the Debian family.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_INSTALL_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_INSTALL_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"

namespace ovenbird::build {

// By apt-get, as root or by a sudo that asks for no password; says so first.
// kNotFound: there is no apt-get; kPermissionDenied: no right to; both name the
// command to give by hand.
absl::Status InstallPackage(
    const std::string& package,
    const std::function<void(absl::string_view)>& on_step,
    Cancellation* cancel);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_INSTALL_H_
