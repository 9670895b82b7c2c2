// Namespaces in which containers are started, with and without root's rights.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_ROOTLESS_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_ROOTLESS_H_

#include <string>
#include <vector>

namespace ovenbird::build {

// Returns the start of a command line whose command runs in a mount and a
// process namespace of its own; it ends when this process does, with everything
// that runs in it. `rootless`: as root of a user namespace.
std::vector<std::string> InNamespaces(bool rootless);

// Deletes a folder with files of other user numbers of the user namespace,
// which this process itself is not allowed to delete. Ignores errors.
void RemoveRootless(const std::string& path);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_ROOTLESS_H_
