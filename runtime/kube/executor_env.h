// The environment of the kaniko executor.
#ifndef OVENBIRD_RUNTIME_KUBE_EXECUTOR_ENV_H_
#define OVENBIRD_RUNTIME_KUBE_EXECUTOR_ENV_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::kube {

// Returns whether the image is of the fork osscontainertools/kaniko, under its
// present name or its first one.
bool IsOsscontainertools(absl::string_view image);

// Returns the variables of the executor: ours, then the user's `env`, which
// also overrides ours. The fork osscontainertools/kaniko has switches there for
// differences from BuildKit; all that change the image are on. Source:
// "BuildKit compatibility" in its README (v1.28.3). Its older versions ignore
// the switches that they lack.
std::vector<std::pair<std::string, std::string>> ExecutorEnv(
    const BuildSpec& spec);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_EXECUTOR_ENV_H_
