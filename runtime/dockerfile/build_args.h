// Build arguments, and the ARG instructions that declare them.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_BUILD_ARGS_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_BUILD_ARGS_H_

#include <map>
#include <string>
#include <vector>

#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// The values of build arguments by name.
using BuildArgs = std::map<std::string, std::string>;

// Returns the names of build arguments that no ARG declares and that are not
// predefined, sorted.
std::vector<std::string> UndeclaredArgs(const Dockerfile& dockerfile,
                                        const BuildArgs& build_args);
// Returns all names that an ARG declares, sorted.
std::vector<std::string> DeclaredArgs(const Dockerfile& dockerfile);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_BUILD_ARGS_H_
