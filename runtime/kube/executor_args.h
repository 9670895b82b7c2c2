// The arguments of the kaniko executor.
#ifndef OVENBIRD_RUNTIME_KUBE_EXECUTOR_ARGS_H_
#define OVENBIRD_RUNTIME_KUBE_EXECUTOR_ARGS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/kube/build_spec.h"

namespace ovenbird::kube {

// What DevSpace 4.11 passes, in its order, then what makes the build better
// where this version of the executor has a flag for it, then the user's `args`.
// No flag is passed that the version lacks; of an unknown version nothing is
// assumed but what all have.
std::vector<std::string> ExecutorArgs(const BuildSpec& spec);

// Where the pod has the authority's certificate of `registryCertificates`.
std::string RegistryCertificateFolder(size_t index);
std::string RegistryCertificatePath(const config::Kaniko& kaniko, size_t index);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_EXECUTOR_ARGS_H_
