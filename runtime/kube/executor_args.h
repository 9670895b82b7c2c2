// The arguments of the kaniko executor.
#ifndef OVENBIRD_RUNTIME_KUBE_EXECUTOR_ARGS_H_
#define OVENBIRD_RUNTIME_KUBE_EXECUTOR_ARGS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::kube {

// Returns the arguments that DevSpace 4.11 passes, in its order, then flags
// that improve the build in this version of the executor, then the user's
// `args`. No flag is passed that the version lacks; for an unknown version only
// flags that all versions have.
std::vector<std::string> ExecutorArgs(const BuildSpec& spec);

// Returns whether the executor with this image's name certainly builds for a
// given platform, on a node of any architecture.
bool HasPlatformFlag(absl::string_view executor);

// Returns the folder in kaniko's container that entry `index` of
// `registryCertificates` is mounted at.
std::string RegistryCertificateFolder(size_t index);
// Returns the path of the CA certificate of that entry.
std::string RegistryCertificatePath(const config::Kaniko& kaniko, size_t index);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_EXECUTOR_ARGS_H_
