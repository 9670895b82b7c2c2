// Checks of a loaded config that depend on kaniko and on the engine; checks for
// every config run when it is loaded.
#ifndef OVENBIRD_RUNTIME_KUBE_CHECK_H_
#define OVENBIRD_RUNTIME_KUBE_CHECK_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::kube {

// The fork that goes on with kaniko, at the newest version that is known here.
inline constexpr char kMaintainedExecutor[] =
    "ghcr.io/osscontainertools/kaniko:v1.28.3";

// Returns whether the executor is of a project that is archived.
bool IsArchivedExecutor(absl::string_view image);

// Checks the images that kaniko may build: flags in `args`, the snapshot mode
// and the executor's age. `engine_of` returns the engine for an image's key
// ("kubernetes", "local", "docker", "custom"; empty if unknown); options that
// it does not honour are warned about, too.
void CheckForEngine(
    const config::Config& config,
    const std::function<absl::string_view(const std::string&)>& engine_of,
    diag::Sink& sink);
// Checks the same, with one engine for all images.
void CheckForEngine(const config::Config& config, absl::string_view engine,
                    diag::Sink& sink);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_CHECK_H_
