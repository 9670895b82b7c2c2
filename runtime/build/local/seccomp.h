// Which system calls a container may make.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_SECCOMP_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_SECCOMP_H_

#include "runtime/base/json.h"

namespace ovenbird::build {

// Returns the field `linux.seccomp` of an OCI configuration: what Docker's
// default profile allows to a container without further capabilities
// (https://docs.docker.com/engine/security/seccomp/). All other system calls
// fail with EPERM, those that are newer than the profile with ENOSYS.
json::Value SeccompProfile();

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_SECCOMP_H_
